// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <span>
#include <string>

#include <marea/io/model_file.hpp>

#include "dense.hpp"
#include "scaled_samples.hpp"

namespace marea::detail {

/// Proper orthogonal decomposition: the leading modes of a table of samples.
struct Pod {
  Eigen::RowVectorXf mean;
  RowsF modes;          ///< (modes, values), orthonormal
  Matrix coefficients;  ///< (samples, modes)
  Vector scale;         ///< deviation of each coefficient

  /// Modes that hold all but `rest` of the samples' variance, at least one and at most `most`.
  Eigen::Index leading(double rest, Eigen::Index most) const;
};

/// Method of snapshots, in double precision: the eigenvectors of the table of inner products of the samples, of those
/// at most `most`. Modes under single precision's round-off of the first are noise and left out.
/// Source: L. Sirovich (1987), doi:10.1090/qam/910462.
Pod decompose(const HostArray& table, int most);

/// Coordinates of inputs: each channel that holds one value in all cells, as a parameter of the run does, is one by
/// itself; the other channels are decomposed together, into those of the first `most` modes that hold all but `rest` of
/// their variance.
struct InputCoordinates {
  Pod pod;                      ///< parameters first, then modes
  Eigen::Index parameters = 0;  ///< how many
};
InputCoordinates input_coordinates(const ScaledSamples& samples, double rest, int most);

/// Fields as POD coordinates: what models over the input's coordinates and of the output's coefficients keep.
struct PodSpaces {
  RowsF in_mean, in_modes;    ///< (1, inputs), (coordinates, inputs)
  Matrix in_scale;            ///< (1, coordinates)
  RowsF out_mean, out_modes;  ///< (1, outputs), (coefficients, outputs)

  /// Coordinates of an input, each in units of its deviation.
  Vector coordinates(std::span<const float> in) const;
  /// The fields of the output's coefficients.
  void fields(const Eigen::RowVectorXf& coefficients, std::span<float> out) const;
  /// Appends the five arrays as weights.
  void append_to(Weights& weights) const;
};

/// The first modes of both, coordinates in units of their deviations.
PodSpaces pod_spaces(const Pod& inputs, Eigen::Index in, const Pod& outputs, Eigen::Index out);
/// Those of a model's weights. Throws DataError where they do not fit its channels and cells.
PodSpaces read_pod_spaces(const ModelFile& model, std::size_t channels);
/// An f64 weight of so many rows and a column for each output coefficient. Throws DataError where it has others.
Matrix read_regression(const ModelFile& model, const std::string& name, Eigen::Index rows, const PodSpaces& spaces);

/// Coordinates of the first modes of all samples in units of their deviations: (samples, modes).
Matrix scaled_coefficients(const Pod& pod, Eigen::Index modes);

}  // namespace marea::detail
