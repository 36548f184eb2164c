// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <marea/io/options.hpp>

namespace marea {

class Net;
struct ModelInfo;

/// Fourier neural operator in one, two or three dimensions.
struct FnoOptions {
  int width = 32;              ///< channels of the Fourier layers
  std::vector<int> modes{12};  ///< wave numbers |k| < modes kept, one for each axis or one for all
  int layers = 4;
  double padding = 0.25;       ///< added share of the period of an axis that is not periodic
  int lifting = 0;             ///< hidden width of the lifting; 0: one linear map
  int projection = 64;         ///< hidden width of the projection
  bool coordinates = true;     ///< position along each axis that is not periodic as an input
  bool shortcut = true;        ///< layers add to their input
};
template <class Visitor> void visit(Visitor&& v, FnoOptions& o) {
  v("width", o.width, {"channels of the Fourier layers", "", at_least(1)});
  v("modes", o.modes, {"wave numbers |k| < modes kept: one for each axis, or one for all", "", at_least(1)});
  v("layers", o.layers, {"Fourier layers", "", at_least(1)});
  v("padding", o.padding, {"added share of the period of an axis that is not periodic", "", between(0, 4)});
  v("lifting", o.lifting, {"hidden width of the lifting; 0: one linear map", "", at_least(0)});
  v("projection", o.projection, {"hidden width of the projection", "", at_least(1)});
  v("coordinates", o.coordinates, {"the position along each axis that is not periodic is an input"});
  v("shortcut", o.shortcut, {"layers add to their input"});
}

/// The network of `info`: channels of info.input_channels and info.output_channels, axes of info.extents, an axis
/// periodic where info.boundary says so. It also runs on other extents. Throws ConfigError.
///
/// Source: Li et al. (2021), arXiv:2010.08895.
std::shared_ptr<Net> make_fno(const ModelInfo& info);

/// The same network of plain ATen operations alone: what runs on a GPU, on any device.
std::shared_ptr<Net> make_fno_unfused(const ModelInfo& info);

}  // namespace marea
