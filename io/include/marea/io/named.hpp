// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/array_ref.hpp>
#include <marea/io/option_tree.hpp>

namespace marea {

/// An array with the name of the field it holds.
struct NamedArray {
  std::string name;
  ArrayRef array;
};

/// One global number: a conserved quantity, a simulation parameter.
struct NamedScalar {
  std::string name;
  double value = 0;
  std::string units = "1";
};

/// Rows of numbers with named columns: the time series of a gauge, the ledger of a hybrid run.
struct Table {
  std::string name;                        ///< "gauge_ch5", "ledger"
  std::vector<std::string> columns, units;
  std::vector<double> values;              ///< row by row, rows x columns
  OptionTree attributes;                   ///< position of a gauge, …

  std::int64_t rows() const { return columns.empty() ? 0 : static_cast<std::int64_t>(values.size() / columns.size()); }
};

}  // namespace marea
