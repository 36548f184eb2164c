// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <utility>
#include <vector>

#include <marea/solvers/climate/shallow_water/step.hpp>

// One step as a sweep over rows: reconstruct, predict, flux and update a row while it is in cache. One pass over
// the state, buffers of a few rows, every inner loop contiguous in i, free of branches and vectorised.
// The plain form of the same arithmetic is PointScheme of shallow_water/step.hpp.
namespace marea::shallow_water {

/// Row buffers of one thread.
template <class Real> class RowBuffers {
 public:
  static constexpr int count = 48;
  explicit RowBuffers(int width) : pitch_((width + 2 * pad + 15) / 16 * 16), storage_(count * pitch_ + 16) {}
  /// Element 0 of a buffer is the first cell of the sweep; two more stand on either side.
  Real* operator[](int index) { return storage_.data() + index * pitch_ + pad; }

 private:
  static constexpr int pad = 8;
  std::size_t pitch_;
  std::vector<Real> storage_;
};

namespace detail {

/// f(i) for i in [begin, end), vectorised. The body stands in a function of its own, so that its structs become
/// registers before the vectoriser sees the loop.
template <class F> KOKKOS_FORCEINLINE_FUNCTION void for_each_lane(int begin, int end, const F& f) {
  const F body = f;
#pragma omp simd
  for (int i = begin; i < end; ++i) body(i);
}

/// The largest f(i), at least 0.
template <class Real, class F> KOKKOS_FORCEINLINE_FUNCTION Real max_of_lanes(int begin, int end, const F& f) {
  const F body = f;
  Real most = Real(0);
#pragma omp simd reduction(max : most)
  for (int i = begin; i < end; ++i) {
    const Real value = body(i);
    most = most > value ? most : value;
  }
  return most;
}

template <class Real> struct PrimitiveRow {
  Real *eta, *h, *u, *v;
  KOKKOS_FORCEINLINE_FUNCTION Primitive<Real> operator()(int i) const { return {eta[i], h[i], u[i], v[i]}; }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, const Primitive<Real>& p) const {
    eta[i] = p.eta, h[i] = p.h, u[i] = p.u, v[i] = p.v;
  }
};
template <class Real> struct FaceRow {
  Real *eta, *bed, *u, *v;
  KOKKOS_FORCEINLINE_FUNCTION FaceValues<Real> operator()(int i) const { return {eta[i], bed[i], u[i], v[i]}; }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, const FaceValues<Real>& s) const {
    eta[i] = s.eta, bed[i] = s.bed, u[i] = s.u, v[i] = s.v;
  }
};
template <class Real> struct PushRow {
  Real *x, *y;
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, Real push_x, Real push_y) const { x[i] = push_x, y[i] = push_y; }
};
template <class Real> struct FluxRow {
  Real *mass, *normal_left, *normal_right, *along;
  KOKKOS_FORCEINLINE_FUNCTION FaceFlux<Real> operator()(int i) const {
    return {mass[i], normal_left[i], normal_right[i], along[i]};
  }
  KOKKOS_FORCEINLINE_FUNCTION void set(int i, const FaceFlux<Real>& f) const {
    mass[i] = f.mass, normal_left[i] = f.normal_left, normal_right[i] = f.normal_right, along[i] = f.along;
  }
};

}  // namespace detail

/// Sweeps `n` columns from column `i0` of rows [j0, j1). Reads q two cells beyond on all sides.
template <class Limiter, class Riemann, class Real> class RowSweep {
 public:
  RowSweep(const StepConstants<Real>& constants, const StepFields<Real>& fields, int i0, int n,
           RowBuffers<Real>& buffers)
      : c_(constants), q_(fields), i0_(i0), n_(n) {
    int next = 0;
    const auto take = [&] { return buffers[next++]; };
    for (auto& row : cells_) row = {take(), take(), take(), take()};
    for (auto& row : north_) row = {take(), take(), take(), take()};
    south_ = {take(), take(), take(), take()};
    west_ = {take(), take(), take(), take()};
    east_ = {take(), take(), take(), take()};
    x_face_ = {take(), take(), take(), take()};
    for (auto& row : y_face_) row = {take(), take(), take(), take()};
    for (auto& row : push_) row = {take(), take()};
  }

  /// Calls row_done(j, drains) after each row; `drains`: some cell of it gives away more than it holds, and the
  /// factors of the row stand in fields.drain.
  template <class RowDone> void run(int j0, int j1, RowDone&& row_done) {
    load(j0 - 2), load(j0 - 1), load(j0);
    predict_row(j0 - 1);
    for (int j = j0; j <= j1; ++j) {
      load(j + 1);
      predict_row(j);
      y_faces(j);
      if (j > j0) {
        const bool drains = update(j - 1);
        if (drains) drain_factors(j - 1);
        row_done(j - 1, drains);
      }
      x_faces();
    }
  }

 private:
  // Flattened: a call left in an inner loop would keep it from being vectorised.
  // Row indices count ghosts, so they are never negative.
  detail::PrimitiveRow<Real>& cells(int j) { return cells_[j % 3]; }
  std::ptrdiff_t start_of(int j) const { return j * q_.pitch + i0_; }

  /// Primitive variables of row j.
  [[gnu::flatten]] void load(int j) {
    const Real *h = q_.h + start_of(j), *hu = q_.hu + start_of(j), *hv = q_.hv + start_of(j),
               *bed = q_.bed + start_of(j);
    const detail::PrimitiveRow<Real> to = cells(j);
    const Real dry_depth = c_.dry_depth;
    detail::for_each_lane(-2, n_ + 2, [=](int i) {
      to.set(i, primitive(h[i], hu[i], hv[i], bed[i], dry_depth));
    });
  }

  /// Row j half a step on.
  [[gnu::flatten]] void predict_row(int j) {
    const detail::PrimitiveRow<Real> below = cells(j - 1), here = cells(j), above = cells(j + 1);
    const detail::FaceRow<Real> south = south_, north = north_[j % 2], west = west_, east = east_;
    const detail::PushRow<Real> push = push_[j % 2];
    const StepConstants<Real> c = c_;
    detail::for_each_lane(-1, n_ + 1, [=](int i) {
      const PredictedCell<Real> cell = predict<Limiter>(c, here(i), here(i - 1), here(i + 1), below(i), above(i));
      south.set(i, cell.y.low);
      north.set(i, cell.y.high);
      west.set(i, cell.x.low);
      east.set(i, cell.x.high);
      push.set(i, cell.push_x, cell.push_y);
    });
  }

  /// Faces between rows j - 1 and j.
  [[gnu::flatten]] void y_faces(int j) {
    const detail::FaceRow<Real> north = north_[(j + 1) % 2], south = south_;
    const detail::FluxRow<Real> face = y_face_[j % 2];
    const Real gravity = c_.gravity;
    detail::for_each_lane(0, n_, [=](int i) { face.set(i, face_flux<Riemann>(north(i), south(i), gravity)); });
  }

  /// Face i stands between cells i - 1 and i.
  [[gnu::flatten]] void x_faces() {
    const detail::FaceRow<Real> west = west_, east = east_;
    const detail::FluxRow<Real> face = x_face_;
    const Real gravity = c_.gravity;
    detail::for_each_lane(0, n_ + 1, [=](int i) {
      face.set(i, face_flux<Riemann>(east(i - 1), west(i), gravity));
    });
  }

  [[gnu::flatten]] bool update(int j) {
    const std::ptrdiff_t k = start_of(j);
    const Real *h = q_.h + k, *hu = q_.hu + k, *hv = q_.hv + k;
    Real *out_h = q_.out_h + k, *out_hu = q_.out_hu + k, *out_hv = q_.out_hv + k;
    const detail::FluxRow<Real> x = x_face_, south = y_face_[j % 2], north = y_face_[(j + 1) % 2];
    const detail::PushRow<Real> push = push_[j % 2];
    const StepConstants<Real> c = c_;
    const Real excess = detail::max_of_lanes<Real>(0, n_, [=](int i) {
      const FaceFlux<Real> w = x(i), e = x(i + 1), s = south(i), n = north(i);
      const Increment<Real> d = increment(c, w, e, s, n, push.x[i], push.y[i]);
      const Real volume = drained_volume(c, w.mass, e.mass, s.mass, n.mass), depth = h[i];
      out_h[i] = depth + d.h;
      out_hu[i] = hu[i] + d.hu;
      out_hv[i] = hv[i] + d.hv;
      return volume - drain_share<Real> * depth;
    });
    return excess > Real(0);
  }

  void drain_factors(int j) {
    const Real* h = q_.h + start_of(j);
    Real* drain = q_.drain + start_of(j);
    const detail::FluxRow<Real> x = x_face_, south = y_face_[j % 2], north = y_face_[(j + 1) % 2];
    for (int i = 0; i < n_; ++i) {
      drain[i] = drain_factor(drained_volume(c_, x.mass[i], x.mass[i + 1], south.mass[i], north.mass[i]), h[i]);
    }
  }

  StepConstants<Real> c_;
  StepFields<Real> q_;
  int i0_, n_;
  detail::PrimitiveRow<Real> cells_[3];
  detail::FaceRow<Real> north_[2], south_, west_, east_;
  detail::FluxRow<Real> x_face_, y_face_[2];
  detail::PushRow<Real> push_[2];
};

}  // namespace marea::shallow_water
