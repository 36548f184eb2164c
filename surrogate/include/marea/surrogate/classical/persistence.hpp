// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>

#include <marea/io/dataset.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/options.hpp>
#include <marea/surrogate/surrogate.hpp>

namespace marea {

/// Nothing changes: an output that is an input too keeps its newest state; the running maximum "max_q" of a map is
/// the initial q; any other output is its mean over the training samples. The forecast that every other must beat.
struct PersistenceOptions {};
template <class Visitor> void visit(Visitor&&, PersistenceOptions&) {}

/// The weights: "mean" (C_out, …), the mean outputs of the training samples.
Weights fit_persistence(const Dataset& train, const Dataset& valid, const ModelInfo& info);
std::unique_ptr<SurrogateInterface> load_persistence(const ModelFile& model);

}  // namespace marea
