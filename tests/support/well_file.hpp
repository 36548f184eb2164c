// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <string>
#include <vector>

#include <marea/io/hdf5.hpp>
#include <marea/io/host_array.hpp>

namespace marea::test {

/// A field of a file in The Well's layout. Its values, exact in single precision, tell where they come from.
struct WellField {
  std::string name;
  int rank = 0;
  bool sample_varying = true, time_varying = true;
};

/// Components follow the axes of the file: y, then x.
/// value = 4096 trajectory + 256 step + 16 j + i + component / 4 + offset of the file.
inline double well_value(double offset, std::int64_t trajectory, std::int64_t step, std::int64_t j, std::int64_t i,
                         int component = 0) {
  return offset + 4096.0 * double(trajectory) + 256.0 * double(step) + 16.0 * double(j) + double(i) + component / 4.0;
}

struct WellFile {
  std::int64_t trajectories = 2, steps = 5, ny = 4, nx = 6;
  std::vector<WellField> fields{{"eta"}};
  DType dtype = DType::f32;
  double offset = 0, interval = 2;
  std::string split;
  std::vector<double> time{};  ///< empty: multiples of interval
};

/// Writes by hand what the schema says, not through marea's own writer. Absent axes are left out, as The Well does.
inline void write_well_file(const std::string& path, const WellFile& w) {
  hdf5::File file(path, hdf5::Access::create);
  file.write_attribute("dataset_name", "by_hand");
  file.write_attribute("grid_type", "cartesian");
  file.write_attribute("n_spatial_dims", 2);
  file.write_attribute("n_trajectories", w.trajectories);
  file.write_attribute("simulation_parameters", std::vector<std::string>{});
  if (!w.split.empty()) file.write_attribute("split", w.split);

  hdf5::Group dimensions = file.create_group("dimensions");
  dimensions.write_attribute("spatial_dims", std::vector<std::string>{"y", "x"});
  const auto axis = [&](const char* name, std::vector<double> values) {
    hdf5::Dataset d = dimensions.write_dataset(name, make_array_ref(values.data(), {std::ssize(values)}));
    d.write_attribute("sample_varying", false);
    d.write_attribute("time_varying", false);
  };
  std::vector<double> time = w.time, y, x;
  for (std::int64_t t = 0; w.time.empty() && t < w.steps; ++t) time.push_back(w.interval * double(t));
  for (std::int64_t j = 0; j < w.ny; ++j) y.push_back(j + 0.5);
  for (std::int64_t i = 0; i < w.nx; ++i) x.push_back(i + 0.5);
  axis("time", time);
  axis("y", y);
  axis("x", x);

  hdf5::Group conditions = file.create_group("boundary_conditions");
  for (const char* name : {"x", "y"}) {
    hdf5::Group condition = conditions.create_group(std::string(name) + "_wall");
    condition.write_attribute("bc_type", "WALL");
    condition.write_attribute("associated_dims", std::vector<std::string>{name});
    condition.write_attribute("associated_fields", std::vector<std::string>{});
    condition.write_attribute("sample_varying", false);
    condition.write_attribute("time_varying", false);
  }
  hdf5::Group scalars = file.create_group("scalars");
  const double gravity = 9.81;
  scalars.write_dataset("gravity", make_array_ref(&gravity, {})).write_attribute("time_varying", false);
  scalars.write_attribute("field_names", std::vector<std::string>{"gravity"});

  for (int rank = 0; rank < 3; ++rank) {
    hdf5::Group group = file.create_group("t" + std::to_string(rank) + "_fields");
    std::vector<std::string> names;
    for (const WellField& f : w.fields) {
      if (f.rank != rank) continue;
      names.push_back(f.name);
      const int components = rank == 0 ? 1 : rank == 1 ? 2 : 4;
      std::vector<std::int64_t> extents;
      if (f.sample_varying) extents.push_back(w.trajectories);
      if (f.time_varying) extents.push_back(w.steps);
      extents.insert(extents.end(), {w.ny, w.nx});
      for (int r = 0; r < rank; ++r) extents.push_back(2);
      std::vector<double> values;
      for (std::int64_t n = 0; n < (f.sample_varying ? w.trajectories : 1); ++n)
        for (std::int64_t t = 0; t < (f.time_varying ? w.steps : 1); ++t)
          for (std::int64_t j = 0; j < w.ny; ++j)
            for (std::int64_t i = 0; i < w.nx; ++i)
              for (int c = 0; c < components; ++c) values.push_back(well_value(w.offset, n, t, j, i, c));
      const HostArray typed(w.dtype, extents);
      copy_converting(make_array_ref(values.data(), DType::f64, extents), typed.ref());
      hdf5::Dataset d = group.write_dataset(f.name, typed.ref());
      d.write_attribute("dim_varying", std::vector<bool>{true, true});
      d.write_attribute("sample_varying", f.sample_varying);
      d.write_attribute("time_varying", f.time_varying);
    }
    group.write_attribute("field_names", names);
  }
  file.close();
}

}  // namespace marea::test
