// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <marea/io/array_ref.hpp>
#include <marea/io/host_array.hpp>
#include <marea/io/model_file.hpp>
#include <marea/surrogate/normaliser.hpp>

namespace marea {

/// How far an input lies from those that a model was trained on.
struct Trust {
  enum class Level : std::uint8_t { inside, doubtful, outside };
  /// What is furthest from the training, in units of what it may be.
  enum class Reason : std::uint8_t {
    not_finite,  ///< a value that is no number
    constant,    ///< a channel that is the same in all training inputs differs from it
    envelope,    ///< minimum, maximum or rms of a channel, or the sample's amplitude, out of the training's range
    distance,    ///< Mahalanobis distance in POD coordinates of the normalised input
    neighbour,   ///< distance in those coordinates, each over its deviation, to the nearest training input
    basis        ///< the share of the normalised input outside the training's POD modes
  };
  double score = 0;  ///< above 1: an alarm, false for 1 % of inputs like the training's; above 2: outside
  Reason reason = Reason::distance;
  int channel = -1;  ///< input channel of constant and envelope; -1: the amplitude, or none

  Level level() const { return score <= 1 ? Level::inside : score <= 2 ? Level::doubtful : Level::outside; }
};

/// Judges inputs by what training and validation inputs looked like.
///
/// Measures: the excess over the ranges of each varying channel's minimum, maximum, rms and its logarithm and of the
/// amplitude and its logarithm, as a share of their widths; the Mahalanobis distance in POD coordinates of the normalised
/// input; the distance there to the nearest training input; the norm of what the modes leave over that of the deviation
/// from the mean. Each has a limit by its tail over inputs that were not used for the ranges and modes (the validation's,
/// and the training's by five folds of runs), all together so that one is passed by 1 % of them, conformally (Vovk,
/// Gammerman, Shafer 2005, doi:10.1007/b106715): with n < 99 such inputs by 1 of n + 1. The score is the largest in units
/// of its limit.
class TrustJudge {
 public:
  /// Throws DataError where the arrays do not fit `info`.
  TrustJudge(const ModelInfo& info, const Weights& data);

  /// in (C_in, [k,] [j,] i) of one sample on the host, f32 or f64, any strides. On another number of cells than the
  /// training's only ranges are judged.
  Trust operator()(const ArrayRef& in) const;
  /// "eta has a maximum out of the training's range (score 3.1)".
  std::string text(const Trust& trust) const;

 private:
  ModelInfo info_;
  NormaliserPlan plan_;
  std::vector<int> varying_, constant_;
  std::vector<std::array<double, 2>> ranges_;
  HostArray constants_, mean_, modes_, scale_, neighbours_, limits_;
};

}  // namespace marea
