// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include <marea/io/array_ref.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/statistics.hpp>

// How far a predicted field p is from a reference r on the same grid. Fields are scalar, host memory, f32 or f64,
// of rank 1 to 3 with any strides; sums run in double precision. A mask is an array of the same extents (u8, f32 or
// f64): only cells where it is not zero count; a default ArrayRef means every cell. <.> is the mean over those cells.
//
// Sources: PDEBench, arXiv:2210.07182, appendix B; The Well, arXiv:2412.00568, appendix E.
namespace marea {

/// Sums over cells from which the pointwise errors follow. Fields, times and runs may be pooled by further `add`s.
class FieldError {
 public:
  /// Throws ShapeError when extents differ or a dtype is none of the above.
  void add(const ArrayRef& predicted, const ArrayRef& reference, const ArrayRef& mask = {});
  void merge(const FieldError& other);

  std::int64_t cells() const { return error_.count(); }
  double rmse() const { return error_.rms(); }                ///< sqrt(<(p - r)^2>)
  double reference_rms() const { return reference_.rms(); }   ///< sqrt(<r^2>)
  double maximum() const { return maximum_; }                 ///< max |p - r|
  double mean_absolute() const;                               ///< <|p - r|>, 0 without cells
  double bias() const { return error_.mean(); }               ///< <p - r>

  /// sqrt(<(p - r)^2> / <r^2>): PDEBench's nRMSE, which is the relative L2 error |p - r| / |r|.
  /// 0 / 0 is 0; a nonzero error over a zero reference is +inf.
  double nrmse() const { return relative_to(*this); }

  /// sqrt(<(p - r)^2> / (<(r - <r>)^2> + epsilon)): The Well's VRMSE. 1 is the error of predicting the mean.
  /// `epsilon` is theirs, in the field's units squared.
  double vrmse(double epsilon = 1e-7) const;

  /// |sum(p - r)| / sum |r|: error of the field's integral on a uniform grid (PDEBench's cRMSE, made relative).
  double conservation() const;

  /// This rmse over the rms of the reference of `whole`: for errors on few cells (boundary, fronts), where the
  /// reference itself may vanish.
  double relative_to(const FieldError& whole) const;

 private:
  RunningStatistics error_, reference_;
  double maximum_ = 0, absolute_error_ = 0, absolute_reference_ = 0;
};

/// 1 in the outermost `width` cells of the grid and where `mask` is not zero: with FieldError the error at the
/// boundary (PDEBench's bRMSE has width 1).
HostArray boundary_cells(std::span<const std::int64_t> extents, int width = 1, const ArrayRef& mask = {});

/// 1 where surface - bed > dry: wet cells from surface elevation and bed elevation [m].
HostArray wet_cells(const ArrayRef& surface, const ArrayRef& bed, double dry = 1e-3);

/// 1 in cells with a face neighbour of the other kind: both sides of every wet/dry front of a 0/1 field `wet`.
HostArray front_cells(const ArrayRef& wet);

/// 1 where both masks are not zero.
HostArray intersection(const ArrayRef& a, const ArrayRef& b);

/// Error split by wave length: E and R are the discrete Fourier transforms of p - r and r (0 outside the mask),
/// f = sqrt(sum over axes of (cycles per cell)^2). Bands: low f < 1/6, middle 1/6 <= f < 1/3, high f >= 1/3: thirds
/// of the axis Nyquist frequency 1/2, the corners belonging to high (PDEBench's fRMSE cuts at fixed mode numbers).
struct SpectralError {
  /// sqrt(sum in band |E|^2 / sum over all |R|^2). The squares of the three sum to the square of nRMSE (Parseval).
  std::array<double, 3> relative{};
  /// sum in band |R|^2 / sum over all |R|^2: how much of the reference lives there.
  std::array<double, 3> reference_share{};
};
SpectralError spectral_error(const ArrayRef& predicted, const ArrayRef& reference, const ArrayRef& mask = {});

}  // namespace marea
