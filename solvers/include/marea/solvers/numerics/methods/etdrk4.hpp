// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <marea/solvers/numerics/methods/system.hpp>

namespace marea {

/// What ETDRK4 asks of du/dt = lambda u + N(u, t) with a number lambda for each element, as the modes of a series.
///
/// linear     lambda [1/time], a contiguous View of as many elements as the state in the same order, real or complex,
///            which stays what it is
/// nonlinear  writes N(u, t) to `out`; may write into u's ghosts only
template <class S>
concept EtdSystem = System<S> && requires(S s, const typename S::State& u, double t) {
  s.linear().data();
  s.nonlinear(u, t, u);
};

namespace detail {

/// The functions of z = lambda dt that weigh one step.
template <class T> struct EtdWeights {
  T half;      ///< (e^(z/2) - 1) / z
  T start;     ///< (-4 - z + e^z (4 - 3 z + z^2)) / z^3, of N at the start
  T middle;    ///< 2 (2 + z + e^z (-2 + z)) / z^3, of both N in the middle
  T end;       ///< (-4 - 3 z - z^2 + e^z (4 - z)) / z^3, of N at the end
};

/// Means over a circle round z, on which no point is nearer than 1 to the origin: there the formulas cancel.
/// 32 points, radius at most 3: the error of the mean is 3^32 / 32! < 1e-19.
KOKKOS_INLINE_FUNCTION EtdWeights<Kokkos::complex<double>> etd_weights(Kokkos::complex<double> z) {
  using C = Kokkos::complex<double>;
  constexpr int points = 32;
  const double distance = Kokkos::abs(z), radius = distance < 2 ? distance + 1 : 1;
  EtdWeights<C> w{};
  for (int p = 0; p < points; ++p) {
    const double angle = 2 * 3.14159265358979323846 * (p + 0.5) / points;
    const C r = z + radius * C(std::cos(angle), std::sin(angle)), root = Kokkos::exp(0.5 * r), e = root * root,
            cube = r * r * r;
    w.half += (root - 1.0) / r;
    w.start += (-4.0 - r + e * (4.0 - 3.0 * r + r * r)) / cube;
    w.middle += 2.0 * (2.0 + r + e * (-2.0 + r)) / cube;
    w.end += (-4.0 - 3.0 * r - r * r + e * (4.0 - r)) / cube;
  }
  const double share = 1.0 / points;
  return {share * w.half, share * w.start, share * w.middle, share * w.end};
}

template <class To> KOKKOS_INLINE_FUNCTION To real_or_complex(Kokkos::complex<double> z) {
  if constexpr (std::is_arithmetic_v<To>) {
    return static_cast<To>(z.real());
  } else {
    return To(static_cast<typename To::value_type>(z.real()), static_cast<typename To::value_type>(z.imag()));
  }
}

template <class L> KOKKOS_INLINE_FUNCTION Kokkos::complex<double> as_complex(const L& value) {
  if constexpr (std::is_arithmetic_v<L>) {
    return {static_cast<double>(value), 0.0};
  } else {
    return {static_cast<double>(value.real()), static_cast<double>(value.imag())};
  }
}

/// Coefficients of every element for one step length; as complex as lambda is.
template <class L> struct EtdCoefficients {
  L *full, *half, *weight_half, *weight_start, *weight_middle, *weight_end;
};

template <class L> struct FillEtdCoefficients {
  const L* linear;
  EtdCoefficients<L> to;
  double dt;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
    const Kokkos::complex<double> z = dt * as_complex(linear[n]);
    const EtdWeights<Kokkos::complex<double>> w = etd_weights(z);
    to.full[n] = real_or_complex<L>(Kokkos::exp(z));
    to.half[n] = real_or_complex<L>(Kokkos::exp(0.5 * z));
    to.weight_half[n] = real_or_complex<L>(dt * w.half);
    to.weight_start[n] = real_or_complex<L>(dt * w.start);
    to.weight_middle[n] = real_or_complex<L>(dt * w.middle);
    to.weight_end[n] = real_or_complex<L>(dt * w.end);
  }
};

/// out = e^(z/2) u + weight N
template <class T, class L> struct EtdHalf {
  EtdCoefficients<L> c;
  const T *u, *nonlinear;
  T* out;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
    out[n] = c.half[n] * u[n] + c.weight_half[n] * nonlinear[n];
  }
};

/// a becomes the last stage, `first` the sum of both N in the middle.
template <class T, class L> struct EtdLast {
  EtdCoefficients<L> c;
  const T *start, *second;
  T *a, *first;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
    a[n] = c.half[n] * a[n] + c.weight_half[n] * (second[n] + second[n] - start[n]);
    first[n] += second[n];
  }
};

template <class T, class L> struct EtdFinish {
  EtdCoefficients<L> c;
  const T *start, *middle, *end;
  T* u;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
    u[n] = c.full[n] * u[n] + c.weight_start[n] * start[n] + c.weight_middle[n] * middle[n] + c.weight_end[n] * end[n];
  }
};

}  // namespace detail

/// Exponential time differencing with the weights of the classical Runge-Kutta method: the linear part exactly, however
/// stiff. On stiff problems whose solution is not smooth in the sense of the linear operator the order falls to 2
/// (M. Hochbruck, A. Ostermann (2005), doi:10.1137/040611434).
/// Source: S. M. Cox, P. C. Matthews (2002), doi:10.1006/jcph.2002.6995, eqs. (26) to (29); the coefficients by contour
/// integrals: A.-K. Kassam, L. N. Trefethen (2005), doi:10.1137/S1064827502410633, section 2.
struct Etdrk4 {
  static constexpr int order = 4;

  /// Five arrays of the state and six of lambda. A step of another length than the last one computes the coefficients
  /// anew: 34 complex exponentials an element.
  template <EtdSystem S> class Stepper {
   public:
    explicit Stepper(S& system) {
      for (const char* label : {"etdrk4.a", "etdrk4.b", "etdrk4.start", "etdrk4.first", "etdrk4.second"})
        arrays_.push_back(system.make_like(label));
      const std::size_t size = system.state().span();
      for (int n = 0; n < 6; ++n) coefficients_.emplace_back("etdrk4.coefficients", size);
    }

    void step(S& system, double t, double dt) {
      const auto c = coefficients(system, dt);
      const typename S::State &u = system.state(), &a = arrays_[0], &b = arrays_[1], &start = arrays_[2],
                              &first = arrays_[3], &second = arrays_[4];
      system.nonlinear(u, t, start);
      system.for_each("etdrk4.half", detail::EtdHalf<T, L>{c, u.data(), start.data(), a.data()});
      system.nonlinear(a, t + dt / 2, first);
      system.for_each("etdrk4.half", detail::EtdHalf<T, L>{c, u.data(), first.data(), b.data()});
      system.nonlinear(b, t + dt / 2, second);
      system.for_each("etdrk4.last", detail::EtdLast<T, L>{c, start.data(), second.data(), a.data(), first.data()});
      system.nonlinear(a, t + dt, second);
      system.for_each("etdrk4.finish", detail::EtdFinish<T, L>{c, start.data(), first.data(), second.data(), u.data()});
    }

   private:
    using T = typename S::State::value_type;
    using L = std::remove_cvref_t<decltype(*std::declval<S&>().linear().data())>;

    detail::EtdCoefficients<L> coefficients(S& system, double dt) {
      const detail::EtdCoefficients<L> c{coefficients_[0].data(), coefficients_[1].data(), coefficients_[2].data(),
                                         coefficients_[3].data(), coefficients_[4].data(), coefficients_[5].data()};
      if (dt != dt_)
        system.for_each("etdrk4.coefficients", detail::FillEtdCoefficients<L>{system.linear().data(), c, dt});
      dt_ = dt;
      return c;
    }

    std::vector<typename S::State> arrays_;
    std::vector<Kokkos::View<L*, typename S::State::memory_space>> coefficients_;
    double dt_ = 0;
  };
};

}  // namespace marea
