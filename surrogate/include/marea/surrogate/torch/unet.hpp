// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/io/options.hpp>

namespace marea {

class Net;
struct ModelInfo;

/// U-Net in one, two or three dimensions.
struct UnetOptions {
  int width = 32;  ///< channels of the finest level; each coarser level has twice as many
  int depth = 4;   ///< times the grid is halved
  int groups = 8;  ///< groups of the group normalisation; 0: none
};
template <class Visitor> void visit(Visitor&& v, UnetOptions& o) {
  v("width", o.width, {"channels of the finest level, doubled at each coarser one", "", at_least(1)});
  v("depth", o.depth, {"times the grid is halved", "", between(1, 8)});
  v("groups", o.groups, {"groups of the group normalisation, a divisor of width; 0: none", "", at_least(0)});
}

/// The network of `info`; any extents, padded inside to a multiple of 2^depth: by the cells of the other end on an axis
/// that is periodic, by the outermost cell on another. Throws ConfigError.
///
/// Source: Ronneberger, Fischer and Brox (2015), doi:10.1007/978-3-319-24574-4_28; group normalisation after Wu and He
/// (2018), arXiv:1803.08494.
std::shared_ptr<Net> make_unet(const ModelInfo& info);

}  // namespace marea
