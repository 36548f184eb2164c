// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <string_view>

#include <marea/io/error.hpp>

namespace marea {

/// Throws ConfigError unless dt is a finite number > 0: what step(dt) of every solver asks first.
inline void check_time_step(std::string_view solver, double dt) {
  if (!(dt > 0) || !std::isfinite(dt))
    fail<ConfigError>(solver, "dt = ", dt, " must be finite and > 0; stable_dt() gives a step that is stable");
}

}  // namespace marea
