// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include "statistics.hpp"

namespace marea::detail {

/// Runs on blocks of inputs that pick and freeze one of them: `a` and `b` on independent inputs, `ab` on those of `a`
/// but this one, which is `b`'s.
struct PickFreeze {
  const Samples &a, &b, &ab;
};

/// Share of the variance that goes with the input alone, E[f(B) (f(AB) - f(A))] / V, each expectation by the models as
/// controls; 0 where nothing varies. Not clipped: a small index may come out negative.
/// Source: A. Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018.
Estimate estimate_sobol_first(const PickFreeze& runs);

/// Share of the variance that the input has part in, alone and with others, E[(f(A) - f(AB))^2] / 2V.
/// Source: M. J. W. Jansen (1999), doi:10.1016/S0010-4655(98)00154-4.
Estimate estimate_sobol_total(const PickFreeze& runs);

}  // namespace marea::detail
