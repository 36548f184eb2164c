// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <span>
#include <string>
#include <vector>

#include <marea/io/hdf5.hpp>

namespace marea {

/// What the attributes of a dataset say of the numbers stored in it, by the CF conventions (1.10, sections 2.5 and 8.1)
/// and the netCDF users' guide: `scale_factor`, `add_offset`, `_Unsigned`; gaps by `_FillValue`, `missing_value`,
/// `valid_min`, `valid_max`, `valid_range`, and where neither of the first two is there by HDF5's own fill value if
/// somebody set it to another number than 0; `positive` and `units`. Every reader of files by others goes through it.
class CfValues {
 public:
  /// Throws DataError for an attribute that cannot be applied, and for one in another spelling than CF's ("nodata",
  /// "Scale_Factor") that does not just repeat it.
  explicit CfValues(const hdf5::Dataset& dataset);

  /// The stored numbers are the values.
  bool is_plain() const { return plain_; }
  /// Single precision holds the values as well as the file does.
  bool fits_single() const { return fits_single_; }
  const std::string& units() const { return units_; }  ///< empty where the file says nothing
  /// `positive = "down"`, or a standard name that means a depth.
  bool points_down() const { return down_; }
  /// "_FillValue = -32768": for messages; empty where nothing marks a gap.
  const std::string& gap_rule() const { return gap_rule_; }

  /// Turns stored numbers into values, in place; a gap becomes NaN. The sense of `points_down` is left to the caller.
  void decode(std::span<double> stored) const;
  /// Whether a stored number stands for none.
  bool is_gap(double stored) const;

 private:
  bool plain_ = true, fits_single_ = true, down_ = false;
  double modulus_ = 0;                   ///< added to negative numbers (or taken from large ones) by _Unsigned
  bool to_signed_ = false;
  double fill_tolerance_ = 0;
  std::vector<double> fills_;
  double low_, high_;                    ///< stored or unpacked, as range_unpacked_ says
  bool range_unpacked_ = false;
  double scale_ = 1, offset_ = 0;
  std::string units_, gap_rule_;
};

/// The whole dataset in C order, decoded; gaps are NaN. Throws DataError also for what HDF5 cannot give: missing
/// filters and sources, chunks that were never written (unless the file's own fill value marks them as gaps).
std::vector<double> read_cf_values(const hdf5::Dataset& dataset, const CfValues& values);

}  // namespace marea
