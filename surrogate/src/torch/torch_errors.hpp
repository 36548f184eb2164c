// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>
#include <utility>

#include <c10/util/Exception.h>

#include <marea/io/error.hpp>

namespace marea::detail {

/// What f() gives. Throws what f throws, LibTorch's errors as Error with the first line of their message.
template <class F> decltype(auto) with_torch_errors(const std::string& where, F&& f) {
  try {
    return std::forward<F>(f)();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    fail<Error>(where, "LibTorch: ", text.substr(0, text.find('\n')));
  }
}

}  // namespace marea::detail
