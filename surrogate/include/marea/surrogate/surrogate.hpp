// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <marea/io/array_ref.hpp>
#include <marea/io/model_file.hpp>
#include <marea/io/queue.hpp>
#include <marea/surrogate/band.hpp>
#include <marea/surrogate/trust.hpp>

namespace marea {

/// What a model implements: torch nets and classical baselines alike.
class SurrogateInterface {
 public:
  virtual ~SurrogateInterface() = default;
  virtual const ModelInfo& info() const = 0;
  /// in (B, C_in, …), out (B, C_out, …): ranks, channels and extents already checked. Device memory is in the order
  /// of `queue`. Several threads may call at once: what it changes in the object it guards.
  virtual void predict(const ArrayRef& in, const ArrayRef& out, const Queue& queue) = 0;
  /// True where `deviation` answers.
  virtual bool knows_deviation() const { return false; }
  /// As predict: the standard deviation of every output value [its units]. Throws ConfigError where it is not known.
  virtual void deviation(const ArrayRef& in, const ArrayRef& out, const Queue& queue);
  /// "cpu" or "cuda:n": where it works, and where arrays need no copy.
  virtual std::string device() const { return "cpu"; }
  /// True where it also runs on other extents than info().extents.
  virtual bool any_extents() const { return false; }
};

/// A trained model behind a torch-free wall: fields in, fields out, in physical units.
///
/// Channels are the model's inputs in order, a vector field giving one channel a component
/// ("velocity" -> velocity_x, velocity_y), and with history > 1 the oldest state first. Normalisation,
/// coordinates, masks and padding happen inside. Several threads may call one object: networks answer in turn.
class Surrogate {
 public:
  /// Loads a model file: its seal, its weights (finite, of the right shapes) and its golden output are checked.
  /// `device` "cpu", "cuda" (the one this process computes on) or "cuda:n"; `precision` "single" or "double"; classical
  /// models know only "cpu".
  /// Throws IoError, DataError, NotBuilt, ConfigError.
  static Surrogate load(const std::string& path, const std::string& device = "cpu",
                        const std::string& precision = "single");
  explicit Surrogate(std::unique_ptr<SurrogateInterface> self) : self_(std::move(self)) {}

  /// Inputs, outputs, grid, interval, envelope, card.
  const ModelInfo& info() const { return self_->info(); }
  /// "cpu" or "cuda:n": where it works, and where arrays need no copy.
  std::string device() const { return self_->device(); }

  /// in (C_in, [k,] [j,] i) or (B, C_in, …); out likewise with C_out; host or device; f32 or f64, any strides;
  /// in and out must not overlap. Networks run on other extents than info().extents too. After the first call with
  /// a shape marea allocates nothing. Throws ShapeError that names both shapes.
  ///
  /// Everything on the model's GPU: the call is enqueued on `queue`, by default LibTorch's present stream, and returns
  /// before it is done; nothing crosses to the host. Two queues in turn are the caller's to order. An array that lies
  /// elsewhere than the model is copied, and the call waits where that crosses to or from the host.
  void predict(const ArrayRef& in, const ArrayRef& out, const Queue& queue = {}) const;

  /// True where the model knows how sure it is of each value, as pod_gp does.
  bool knows_deviation() const { return self_->knows_deviation(); }
  /// As predict: the standard deviation of every output value, in its units, under the model's own assumptions.
  /// Throws ShapeError as predict, ConfigError where the model does not know it.
  void deviation(const ArrayRef& in, const ArrayRef& out, const Queue& queue = {}) const;

  /// True where the model file holds what inputs are judged by.
  bool knows_trust() const { return judge_ != nullptr; }
  /// How far each sample of an input lies from the training's, one verdict a sample; none where it is not known.
  /// An array on a device is copied to the host. Throws ShapeError.
  std::vector<Trust> judge(const ArrayRef& in) const;
  /// A verdict for people. Throws ConfigError where it is not known.
  std::string text(const Trust& trust) const;
  /// predict and judge: what a caller outside of a time loop wants.
  std::vector<Trust> predict_judged(const ArrayRef& in, const ArrayRef& out, const Queue& queue = {}) const;

  /// True where the model file holds an error band.
  bool knows_band() const { return band_ != nullptr; }
  /// Half widths around predict's outputs that hold `share` of the true values (`Band`), like its `out`, on the host;
  /// NaN for a sample that is not inside the training's domain. Throws ShapeError, ConfigError where it is not known.
  void band(const ArrayRef& in, double share, const ArrayRef& out) const;

 private:
  friend Surrogate make_surrogate(const ModelFile& file, const std::string& device, const std::string& precision);
  /// The arrays with a batch axis, checked; an empty batch has no data.
  std::pair<ArrayRef, ArrayRef> checked(const ArrayRef& in, const ArrayRef& out) const;

  std::unique_ptr<SurrogateInterface> self_;
  std::unique_ptr<const TrustJudge> judge_;
  std::unique_ptr<const Band> band_;
};

/// Largest relative L2 distance between the golden output in a model file and the one computed on loading: room for
/// another CPU, thread count or precision, none for other weights.
inline constexpr double golden_tolerance = 1e-3;

/// The model of `file`, checked as by Surrogate::load. Throws DataError, NotBuilt, ConfigError.
Surrogate make_surrogate(const ModelFile& file, const std::string& device = "cpu",
                         const std::string& precision = "single");

}  // namespace marea
