// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "exit_code.hpp"

#include <filesystem>
#include <new>
#include <string_view>

#include <marea/io/error.hpp>

namespace marea::cli {

namespace {

Failure no_memory() {
  return {exit_input, "memory: there is not enough for this case; use a smaller grid or batch, or more ranks"};
}

}  // namespace

Failure describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Stopped& e) {
    return {exit_stopped, e.what()};
  } catch (const NumericalError& e) {
    return {exit_numerical, e.what()};
  } catch (const DataError& e) {  // an IoError too, but the file's content is at fault
    return {exit_input, e.what()};
  } catch (const IoError& e) {
    return {exit_io, e.what()};
  } catch (const Error& e) {
    return {exit_input, e.what()};
  } catch (const std::filesystem::filesystem_error& e) {
    return {exit_io, e.path1().string() + ": " + e.code().message()};
  } catch (const std::bad_alloc&) {
    return no_memory();
  } catch (const std::exception& e) {
    if (std::string_view(e.what()).starts_with("Kokkos failed to allocate")) return no_memory();
    return {1, std::string("unexpected error: ") + e.what()};
  }
}

void fail_not_built(std::string_view where) {
  fail<NotBuilt>(where, "surrogates were switched off in this build; configure with -DMAREA_SURROGATE=ON");
}

}  // namespace marea::cli
