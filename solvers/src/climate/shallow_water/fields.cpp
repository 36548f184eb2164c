// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <marea/io/unknown_name.hpp>
#include <marea/solvers/climate/shallow_water.hpp>
#include <marea/solvers/climate/shallow_water/setup.hpp>
#include <marea/solvers/grid/reduce.hpp>

// What goes in and out of the shallow-water solver: named fields, restarts, invariants.
namespace marea {

using namespace shallow_water;

namespace {

const std::vector<FieldInfo> all_fields{
    {"h", "m", "water depth", "", 0, Staggering::cell, FieldRole::prognostic},
    {"hu", "m2 s-1", "depth times velocity along x", "", 0, Staggering::cell, FieldRole::prognostic},
    {"hv", "m2 s-1", "depth times velocity along y", "", 0, Staggering::cell, FieldRole::prognostic},
    {"eta", "m", "surface elevation; where dry the bed, at most sea level", "sea_surface_height_above_geoid", 0,
     Staggering::cell, FieldRole::derived},
    {"velocity", "m s-1", "depth-mean velocity, 0 where dry", "", 1, Staggering::cell, FieldRole::derived},
    {"speed", "m s-1", "absolute value of the velocity", "sea_water_speed", 0, Staggering::cell, FieldRole::derived},
    {"bathymetry", "m", "bed elevation, positive up", "ground_level_altitude", 0, Staggering::cell, FieldRole::fixed},
    {"still_depth", "m", "depth of still water at sea level", "", 0, Staggering::cell, FieldRole::fixed},
    {"wave_speed", "m s-1", "sqrt(g still_depth)", "", 0, Staggering::cell, FieldRole::fixed},
    {"sea_mask", "1", "1 where still_depth > 0, else 0", "", 0, Staggering::cell, FieldRole::fixed},
    {"max_eta", "m", "largest eta since the start", "", 0, Staggering::cell, FieldRole::diagnostic},
    {"max_speed", "m s-1", "largest speed since the start", "", 0, Staggering::cell, FieldRole::diagnostic},
    {"arrival_time", "s", "first time |eta - still eta| passed arrival_threshold; the present time where not yet", "", 0,
     Staggering::cell, FieldRole::diagnostic}};

const std::vector<FieldInfo> kept_diagnostics{
    {"max_eta", "m", "", "", 0, Staggering::cell, FieldRole::diagnostic},
    {"max_speed_squared", "m2 s-2", "", "", 0, Staggering::cell, FieldRole::diagnostic},
    {"arrival", "s", "negative: not yet", "", 0, Staggering::cell, FieldRole::diagnostic}};

/// Calls use(j, i, element offset in `array`) for the cells of a block; `component` picks along a last axis.
template <class F> void for_each_element(const ArrayRef& array, int component, F&& use) {
  const std::int64_t base = array.rank > 2 ? component * array.stride[2] : 0;
  for (std::int64_t j = 0; j < array.extent[0]; ++j) {
    for (std::int64_t i = 0; i < array.extent[1]; ++i) {
      use(static_cast<int>(j), static_cast<int>(i), base + j * array.stride[0] + i * array.stride[1]);
    }
  }
}

/// Writes value(j, i) of local interior cells into an f32 or f64 array of the host.
template <class F> void put(const ArrayRef& out, int component, F&& value) {
  if (out.dtype == DType::f32) {
    float* to = out.as<float>();
    for_each_element(out, component, [&](int j, int i, std::int64_t n) { to[n] = static_cast<float>(value(j, i)); });
  } else {
    double* to = out.as<double>();
    for_each_element(out, component, [&](int j, int i, std::int64_t n) { to[n] = static_cast<double>(value(j, i)); });
  }
}

/// Calls use(j, i, value) with the elements of an f32 or f64 array of the host.
template <class F> void get(const ArrayRef& in, int component, F&& use) {
  if (in.dtype == DType::f32) {
    const float* from = in.as<float>();
    for_each_element(in, component, [&](int j, int i, std::int64_t n) { use(j, i, static_cast<double>(from[n])); });
  } else {
    const double* from = in.as<double>();
    for_each_element(in, component, [&](int j, int i, std::int64_t n) { use(j, i, from[n]); });
  }
}

void check_extents(const ArrayRef& array, const Cells& cells, bool vector, std::string_view field) {
  const bool right = array.rank == (vector ? 3 : 2) && array.extent[0] == cells.count(1) &&
                     array.extent[1] == cells.count(2) && (!vector || array.extent[2] == 2);
  if (right) return;
  fail<ShapeError>("shallow_water", field, " is ", to_string(array), ", must be [", cells.count(1), ", ",
                   cells.count(2), vector ? ", 2]" : "]", " on this rank");
}

}  // namespace

const std::vector<FieldInfo>& shallow_water::output_fields() { return all_fields; }

template <class Real> std::span<const FieldInfo> ShallowWater<Real>::fields() const {
  return std::span(all_fields).first(3);
}

template <class Real> std::span<const FieldInfo> ShallowWater<Real>::outputs() const { return all_fields; }

template <class Real> ArrayRef ShallowWater<Real>::state() {
  const Cells& c = grid_.cells;
  ArrayRef ref;
  ref.data = plane(state_, 0) + c.begin[1] * state_.stride(2) + c.begin[2];
  ref.dtype = dtype_of<Real>;
  ref.memory = device_is_host ? Memory::host : Memory::cuda;
  ref.rank = 3;
  const std::int64_t extents[] = {3, c.count(1), c.count(2)};
  const std::int64_t strides[] = {static_cast<std::int64_t>(state_.stride(0)),
                                  static_cast<std::int64_t>(state_.stride(2)), 1};
  std::copy_n(extents, 3, ref.extent);
  std::copy_n(strides, 3, ref.stride);
  return ref;
}

template <class Real> void ShallowWater<Real>::read(std::string_view field, const ArrayRef& out) {
  check_extents(out, grid_.cells, field == "velocity", field);
  const auto q = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), state_);
  const auto b = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), bed_);
  const auto d = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), diagnostics_);
  const int j0 = grid_.cells.begin[1], i0 = grid_.cells.begin[2];
  const Real dry = Real(options_.dry_depth), gravity = Real(options_.gravity);
  const auto state = [&](int n) { return [&q, n, j0, i0](int j, int i) { return q(n, 0, j0 + j, i0 + i); }; };
  const auto bed = [&](int j, int i) { return b(0, 0, j0 + j, i0 + i); };
  const auto kept = [&](int n) { return [&d, n, j0, i0](int j, int i) { return d(n, 0, j0 + j, i0 + i); }; };
  const auto cell = [&](int j, int i) {
    return primitive(state(0)(j, i), state(1)(j, i), state(2)(j, i), bed(j, i), dry);
  };
  const auto still = [&](int j, int i) { return limiters::larger(-bed(j, i), Real(0)); };
  if (field == "h") return put(out, 0, state(0));
  if (field == "hu") return put(out, 0, state(1));
  if (field == "hv") return put(out, 0, state(2));
  if (field == "eta") return put(out, 0, [&](int j, int i) { return surface(state(0)(j, i), bed(j, i), dry); });
  if (field == "velocity") {
    put(out, 0, [&](int j, int i) { return cell(j, i).u; });
    return put(out, 1, [&](int j, int i) { return cell(j, i).v; });
  }
  if (field == "speed") {
    return put(out, 0, [&](int j, int i) {
      const auto p = cell(j, i);
      return std::sqrt(p.u * p.u + p.v * p.v);
    });
  }
  if (field == "bathymetry") return put(out, 0, bed);
  if (field == "still_depth") return put(out, 0, still);
  if (field == "wave_speed") return put(out, 0, [&](int j, int i) { return std::sqrt(gravity * still(j, i)); });
  if (field == "sea_mask") return put(out, 0, [&](int j, int i) { return still(j, i) > 0 ? 1 : 0; });
  if (field == "max_eta") return put(out, 0, kept(0));
  if (field == "max_speed") return put(out, 0, [&](int j, int i) { return std::sqrt(kept(1)(j, i)); });
  if (field == "arrival_time") {
    return put(out, 0, [&](int j, int i) { return kept(2)(j, i) < 0 ? Real(time_) : kept(2)(j, i); });
  }
  std::vector<std::string> known;
  for (const FieldInfo& info : all_fields) known.push_back(info.name);
  fail_unknown("shallow_water", "field", field, known);
}

template <class Real> void ShallowWater<Real>::write(std::span<const NamedArray> fields) {
  const auto q = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), state_);
  const auto b = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), bed_);
  const int j0 = grid_.cells.begin[1], i0 = grid_.cells.begin[2];
  std::map<std::string, ArrayRef> given;
  for (const NamedArray& field : fields) {
    if (field.name != "h" && field.name != "eta" && field.name != "hu" && field.name != "hv" && field.name != "velocity")
      fail<ConfigError>("shallow_water", "cannot set the state from '", field.name,
                        "'; give h or eta, and velocity or hu and hv");
    check_extents(field.array, grid_.cells, field.name == "velocity", field.name);
    given[field.name] = field.array;
  }
  if (given.count("h") + given.count("eta") != 1)
    fail<ConfigError>("shallow_water", "the state needs one of h and eta");
  const bool flow = given.count("hu") && given.count("hv");
  if (flow == (given.count("velocity") > 0))
    fail<ConfigError>("shallow_water", "the state needs velocity, or hu and hv");
  const bool depth = given.count("h") > 0;
  get(given[depth ? "h" : "eta"], 0, [&](int j, int i, double value) {
    const double bed = depth ? 0 : static_cast<double>(b(0, 0, j0 + j, i0 + i));
    q(0, 0, j0 + j, i0 + i) = static_cast<Real>(value - bed < 0 ? 0 : value - bed);  // keeps NaN, to be found
  });
  for (int n = 0; n < 2; ++n) {
    get(given[flow ? (n ? "hv" : "hu") : "velocity"], flow ? 0 : n, [&](int j, int i, double value) {
      const double h = flow ? 1 : static_cast<double>(q(0, 0, j0 + j, i0 + i));
      q(1 + n, 0, j0 + j, i0 + i) = static_cast<Real>(h * value);
    });
  }
  Kokkos::deep_copy(state_, q);
  stale_ = true;
}

template <class Real> std::vector<RestartPiece> ShallowWater<Real>::restart_pieces() const {
  std::vector<RestartPiece> kept;
  for (const FieldInfo& field : fields()) kept.push_back({field.name, dtype_of<Real>, grid_.info.block});
  for (const FieldInfo& field : kept_diagnostics) kept.push_back({field.name, dtype_of<Real>, grid_.info.block});
  return kept;
}

/// The array that keeps one restart field, and its index there.
template <class Real>
std::pair<StateView<Real>, int> ShallowWater<Real>::kept_array(std::string_view field) const {
  const std::vector<RestartPiece> kept = restart_pieces();
  const auto found = std::find_if(kept.begin(), kept.end(), [&](const RestartPiece& f) { return f.name == field; });
  if (found == kept.end()) fail<DataError>("shallow_water", "a restart has no field '", field, "'");
  const int n = static_cast<int>(found - kept.begin());
  return n < 3 ? std::pair{state_, n} : std::pair{diagnostics_, n - 3};
}

template <class Real> void ShallowWater<Real>::read_restart(std::string_view field, const ArrayRef& out) {
  check_extents(out, grid_.cells, false, field);
  const auto [view, n] = kept_array(field);
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  const int j0 = grid_.cells.begin[1], i0 = grid_.cells.begin[2], variable = n;
  put(out, 0, [&, variable](int j, int i) { return host(variable, 0, j0 + j, i0 + i); });
}

template <class Real> void ShallowWater<Real>::write_restart(std::string_view field, const ArrayRef& in) {
  check_extents(in, grid_.cells, false, field);
  const auto [view, n] = kept_array(field);
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  const int j0 = grid_.cells.begin[1], i0 = grid_.cells.begin[2], variable = n;
  get(in, 0, [&, variable](int j, int i, double value) {
    host(variable, 0, j0 + j, i0 + i) = static_cast<Real>(value);
  });
  Kokkos::deep_copy(view, host);
  stale_ = true;
}

namespace {

/// One conserved quantity of a cell, over its area.
template <class Real> struct Content {
  StateView<Real> q, bed;
  int kind;  ///< 0, 1, 2: h, hu, hv; 3: energy
  double gravity, dry_depth, area;
  KOKKOS_INLINE_FUNCTION double operator()(int, int j, int i) const {
    if (kind < 3) return area * static_cast<double>(q(kind, 0, j, i));
    const double h = q(0, 0, j, i), hu = q(1, 0, j, i), hv = q(2, 0, j, i), b = bed(0, 0, j, i);
    const double still = b < 0 ? b * b : 0;
    const double motion = h > dry_depth ? (hu * hu + hv * hv) / h : 0;
    return area * 0.5 * (motion + gravity * (h * (h + 2 * b) + still));
  }
};

}  // namespace

template <class Real> std::vector<NamedScalar> ShallowWater<Real>::invariants() {
  const double area = grid_.dx() * grid_.dy();
  const auto total = [&](int kind) {
    return reduce_sum("shallow_water.invariants", grid_,
                      Content<Real>{state_, bed_, kind, options_.gravity, options_.dry_depth, area});
  };
  return {{"volume", total(0), "m3"},
          {"momentum_x", total(1), "m4 s-1"},
          {"momentum_y", total(2), "m4 s-1"},
          {"energy", total(3), "m5 s-2"}};
}

template class ShallowWater<double>;
template class ShallowWater<float>;

}  // namespace marea
