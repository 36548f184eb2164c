// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once

// Quantile functions: the value below which a share `p` of a distribution lies, for p in (0, 1).
namespace marea {

/// Of the standard normal distribution, to round-off: Halley steps on erfc from 26.2.23 of Abramowitz and Stegun (1964).
double normal_quantile(double p);

/// Regularised incomplete beta function I_x(a, b), a, b > 0, x in [0, 1], to about 1e-14: the distribution function of
/// the beta distribution. Continued fraction 8.17.22 of the NIST DLMF (https://dlmf.nist.gov/8.17), modified Lentz.
double incomplete_beta(double a, double b, double x);

/// Of the beta distribution on [0, 1], by bisection of incomplete_beta.
double beta_quantile(double a, double b, double p);

/// Of Student's t distribution with `degrees` > 0 degrees of freedom, not necessarily whole.
double student_t_quantile(double degrees, double p);

}  // namespace marea
