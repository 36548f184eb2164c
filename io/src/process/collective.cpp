// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/collective.hpp>

#include <filesystem>
#include <new>

#include <marea/io/error.hpp>

namespace marea {
namespace {

/// What other ranks throw for an error of one: a list of types, derived ones before their bases.
template <class... Types> struct Kinds {
  static constexpr int out_of_memory = sizeof...(Types), other = out_of_memory + 1;

  static int of(const std::exception& error) {
    int kind = 0;
    const bool known = ((dynamic_cast<const Types*>(&error) != nullptr || (++kind, false)) || ...);
    return known ? kind : dynamic_cast<const std::bad_alloc*>(&error) ? out_of_memory : other;
  }
  [[noreturn]] static void raise(int kind, const std::string& message) {
    int candidate = 0;
    ((candidate++ == kind ? throw Types(message) : void()), ...);
    if (kind == out_of_memory) throw std::bad_alloc();
    throw Error(message);
  }
};
using Known = Kinds<ConfigError, ShapeError, DataError, IoError, NotBuilt, NumericalError, Stopped>;

int kind_of(const std::exception_ptr& error, std::string& message) {
  try {
    std::rethrow_exception(error);
  } catch (const std::filesystem::filesystem_error& e) {
    message = e.path1().string() + ": " + e.code().message();
    return Known::of(IoError(""));
  } catch (const std::exception& e) {
    message = e.what();
    return Known::of(e);
  } catch (...) {
    message = "unknown exception";
    return Known::other;
  }
}

void broadcast_from(MPI_Comm comm, int root, std::string& text) {
  auto length = static_cast<std::int64_t>(text.size());
  MPI_Bcast(&length, 1, MPI_INT64_T, root, comm);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), static_cast<int>(length), MPI_CHAR, root, comm);
}

}  // namespace

void broadcast(MPI_Comm comm, std::string& text) { broadcast_from(comm, 0, text); }

void rethrow_collectively(MPI_Comm comm, const std::exception_ptr& error) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  if (ranks == 1) {
    if (error) std::rethrow_exception(error);
    return;
  }
  std::string message;
  int kind = error ? kind_of(error, message) : 0;
  int mine = error ? rank : ranks, first = ranks;
  MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, comm);
  if (first == ranks) return;
  MPI_Bcast(&kind, 1, MPI_INT, first, comm);
  broadcast_from(comm, first, message);
  Known::raise(kind, message);
}

}  // namespace marea
