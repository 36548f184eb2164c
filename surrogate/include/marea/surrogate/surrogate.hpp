// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <marea/io/array_ref.hpp>
#include <marea/io/model_file.hpp>

namespace marea {

/// A trained model behind a torch-free wall: fields in, fields out, in physical units.
///
/// Channels are the model's inputs in order, a vector field giving one channel a component
/// ("velocity" -> velocity_x, velocity_y), and with history > 1 the oldest state first. Normalisation,
/// coordinates, masks and padding happen inside. Not for concurrent calls on one object.
class Surrogate {
 public:
  /// Loads a model file, checks its checksums and its golden output. `device` "cpu" or "cuda[:n]";
  /// `precision` "single" or "double". Throws IoError, DataError, NotBuilt, ConfigError.
  static Surrogate load(const std::string& path, const std::string& device = "cpu",
                        const std::string& precision = "single");
  explicit Surrogate(std::unique_ptr<class SurrogateInterface> self);
  Surrogate(Surrogate&&) noexcept;
  Surrogate& operator=(Surrogate&&) noexcept;
  ~Surrogate();

  const ModelInfo& info() const;  ///< inputs, outputs, grid, interval, envelope, card

  /// in (C_in, [k,] [j,] i) or (B, C_in, …); out likewise with C_out; host or device; f32 or f64, any strides;
  /// in and out must not overlap. Throws ShapeError that names both shapes.
  void predict(const ArrayRef& in, const ArrayRef& out) const;

 private:
  std::unique_ptr<class SurrogateInterface> self_;
};

/// What a model implements: torch nets and classical baselines alike.
class SurrogateInterface {
 public:
  virtual ~SurrogateInterface() = default;
  virtual const ModelInfo& info() const = 0;
  /// in (B, C_in, …), out (B, C_out, …): shapes already checked.
  virtual void predict(const ArrayRef& in, const ArrayRef& out) = 0;
};

}  // namespace marea
