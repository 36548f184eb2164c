// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/field_file.hpp>

#include <hdf5.h>
#include <hdf5_hl.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include <doctest/doctest.h>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/inspect.hpp>

#include "support/shared_folder.hpp"

using namespace marea;
using test::SharedFolder;
using Numbers = std::vector<double>;

namespace {

/// A file by HDF5's own C calls, as other people's programs write it.
class Foreign {
 public:
  explicit Foreign(const std::string& path) : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {}
  Foreign(const Foreign&) = delete;
  Foreign& operator=(const Foreign&) = delete;
  ~Foreign() { H5Fclose(file_); }

  hid_t id() const { return file_; }
  /// Numbers stored as `type`, which HDF5 converts from double.
  void put(const char* name, hid_t type, const std::vector<hsize_t>& extents, const Numbers& values) {
    const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
    const hid_t dataset = H5Dcreate2(file_, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    REQUIRE(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
  }
  void attribute(const char* of, const char* name, hid_t type, const Numbers& values) {
    const hsize_t count = values.size();
    const hid_t dataset = H5Dopen2(file_, of, H5P_DEFAULT), space = H5Screate_simple(1, &count, nullptr);
    const hid_t made = H5Acreate2(dataset, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<char> converted(count * 8);
    std::memcpy(converted.data(), values.data(), count * 8);
    REQUIRE(H5Tconvert(H5T_NATIVE_DOUBLE, type, count, converted.data(), nullptr, H5P_DEFAULT) >= 0);
    REQUIRE(H5Awrite(made, type, converted.data()) >= 0);
    H5Aclose(made);
    H5Sclose(space);
    H5Dclose(dataset);
  }
  void text(const char* of, const char* name, const char* value) {
    REQUIRE(H5LTset_attribute_string(file_, of, name, value) >= 0);
  }
  void scale(const char* of, unsigned axis, const char* name) {
    const hid_t dataset = H5Dopen2(file_, of, H5P_DEFAULT), scale = H5Dopen2(file_, name, H5P_DEFAULT);
    if (H5DSis_scale(scale) <= 0) REQUIRE(H5DSset_scale(scale, name) >= 0);
    REQUIRE(H5DSattach_scale(dataset, scale, axis) >= 0);
    H5Dclose(scale);
    H5Dclose(dataset);
  }

 private:
  hid_t file_;
};

const FieldExpectation plane{.axis_names = {"y", "x"}, .units = "m"};

Numbers values_of(const std::string& path, const FieldExpectation& expected = plane) {
  const FieldFile field = read_field_file(path, "b", expected);
  const auto values = field.values.values<double>();
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("every numeric type that HDF5 knows is read by value, in either byte order") {
  const SharedFolder folder("field_types");
  const std::string path = folder.file("b.h5");
  const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(half, 15, 10, 5, 0, 10);
  H5Tset_size(half, 2);
  H5Tset_ebias(half, 15);
  for (const hid_t type : {H5T_STD_I8LE, H5T_STD_U8BE, H5T_STD_I16LE, H5T_STD_I16BE, H5T_STD_U16LE, H5T_STD_U16BE,
                           H5T_STD_I32BE, H5T_STD_U32LE, H5T_STD_U32BE, H5T_STD_I64BE, H5T_STD_U64LE, H5T_IEEE_F32BE,
                           H5T_IEEE_F64BE, half}) {
    Foreign(path).put("b", type, {2, 2}, {1, 2, 3, 100});
    CHECK(values_of(path) == Numbers{1, 2, 3, 100});
  }
  H5Tclose(half);
  { hdf5::File(path, hdf5::Access::create).write_flags("b", {true, false, true}); }
  CHECK(values_of(path, {.axis_names = {"x"}}) == Numbers{1, 0, 1});
}

TEST_CASE("packed integers are unpacked and their gaps are gaps") {
  const SharedFolder folder("field_packed");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    file.put("b", H5T_STD_I16LE, {1, 4}, {-4410, 4984, -32768, -32767});
    file.attribute("b", "scale_factor", H5T_IEEE_F64LE, {0.01});
    file.attribute("b", "add_offset", H5T_IEEE_F64LE, {-150});
    file.attribute("b", "_FillValue", H5T_STD_I16LE, {-32768});
    file.attribute("b", "missing_value", H5T_STD_I16LE, {-32767});
  }
  const Numbers values = values_of(path);
  CHECK(values[0] == doctest::Approx(-194.1));
  CHECK(values[1] == doctest::Approx(-100.16));
  CHECK(std::isnan(values[2]));
  CHECK(std::isnan(values[3]));
  FieldExpectation filled = plane;
  filled.missing = 7;
  CHECK(values_of(path, filled)[2] == 7);
}

TEST_CASE("_Unsigned, valid ranges, and fill values of another precision are applied") {
  const SharedFolder folder("field_ranges");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    file.put("b", H5T_STD_I8LE, {1, 3}, {-1, 5, -2});
    file.text("b", "_Unsigned", "true");
    file.attribute("b", "_FillValue", H5T_STD_I8LE, {-1});
  }
  const Numbers bytes = values_of(path);
  CHECK(std::isnan(bytes[0]));
  CHECK(bytes[1] == 5);
  CHECK(bytes[2] == 254);
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F32LE, {1, 4}, {0.1, -0.5, 2, 9.9692099683868690e+36});
    file.attribute("b", "_FillValue", H5T_IEEE_F64LE, {0.1});
    file.attribute("b", "valid_range", H5T_IEEE_F32LE, {-0.25, 3});
  }
  const Numbers floats = values_of(path);
  CHECK(std::isnan(floats[0]));
  CHECK(std::isnan(floats[1]));
  CHECK(floats[2] == 2);
  CHECK(std::isnan(floats[3]));
  {
    Foreign file(path);
    file.put("b", H5T_STD_I16LE, {1, 2}, {100, 200});
    file.attribute("b", "scale_factor", H5T_IEEE_F64LE, {0.1});
    file.attribute("b", "valid_max", H5T_IEEE_F64LE, {15.0});  // of a wider type: of the unpacked values
  }
  const Numbers unpacked = values_of(path);
  CHECK(unpacked[0] == doctest::Approx(10));
  CHECK(std::isnan(unpacked[1]));
}

TEST_CASE("depths are turned, and a file that says both up and down is refused") {
  const SharedFolder folder("field_positive");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {1, 2}, {0.1, 0.2});
    file.text("b", "positive", "down");
    file.text("b", "units", "km");
  }
  CHECK(values_of(path) == Numbers{-100, -200});
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {1, 2}, {3, 4});
    file.text("b", "standard_name", "sea_floor_depth_below_geoid");
  }
  CHECK(values_of(path) == Numbers{-3, -4});
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {1, 2}, {3, 4});
    file.text("b", "standard_name", "sea_floor_depth_below_geoid");
    file.text("b", "positive", "up");
  }
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("but positive = \"up\""), DataError);
}

TEST_CASE("axes are known by their scales: (x, y) is transposed, falling axes are turned, one state is taken") {
  const SharedFolder folder("field_scales");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {1, 2, 3}, {1, 2, 3, 4, 5, 6});  // time, x, northing from north to south
    file.put("time", H5T_IEEE_F64LE, {1}, {0});
    file.put("east", H5T_IEEE_F64LE, {2}, {10, 20});
    file.put("northing", H5T_IEEE_F64LE, {3}, {3, 2, 1});
    file.text("east", "axis", "X");
    file.text("northing", "units", "km");
    file.scale("b", 0, "time");
    file.scale("b", 1, "east");
    file.scale("b", 2, "northing");
  }
  const FieldFile field = read_field_file(path, "b", plane);
  CHECK(values_of(path) == Numbers{3, 6, 2, 5, 1, 4});
  CHECK(field.centres == std::vector<Numbers>{{1000, 2000, 3000}, {10, 20}});
  const std::int64_t first[] = {0, 1};
  CHECK(field.place(first) == "[0, 1, 2] (y = 1000, x = 20)");
}

TEST_CASE("a time axis of several states, and axes that contradict themselves, are refused") {
  const SharedFolder folder("field_contradiction");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {2, 1, 2}, {1, 2, 3, 4});
    file.put("time", H5T_IEEE_F64LE, {2}, {0, 1});
    file.scale("b", 0, "time");
  }
  CHECK_THROWS_WITH_AS(values_of(path),
                       doctest::Contains("has axis time of 2, which is t; the grid has y, x; select one state"),
                       DataError);
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {1, 2}, {1, 2});
    file.put("x", H5T_IEEE_F64LE, {2}, {0, 1});
    file.text("x", "axis", "Y");
    file.scale("b", 1, "x");
  }
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("makes it a y axis"), DataError);
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {2, 2}, {1, 2, 3, 4});
    file.put("lon", H5T_IEEE_F64LE, {2}, {-130, -129});
    file.put("lat", H5T_IEEE_F64LE, {2}, {40, 41});
  }
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("python -m marea.prepare"), DataError);
}

TEST_CASE("three axes and one are read as two are") {
  const SharedFolder folder("field_dimensions");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {2, 1, 3}, {1, 2, 3, 4, 5, 6});
    file.put("depth", H5T_IEEE_F64LE, {2}, {0, 10});
    file.put("y", H5T_IEEE_F64LE, {1}, {0});
    file.put("x", H5T_IEEE_F64LE, {3}, {0, 1, 2});
  }
  const FieldExpectation volume{.axis_names = {"z", "y", "x"}};
  CHECK(read_field_file(path, "b", volume).centres[0] == Numbers{-10, 0});
  CHECK(values_of(path, volume) == Numbers{4, 5, 6, 1, 2, 3});
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {3}, {1, 2, 3});
    file.put("x", H5T_IEEE_F64LE, {3}, {3, 2, 1});
  }
  CHECK(values_of(path, {.axis_names = {"x"}}) == Numbers{3, 2, 1});
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("the grid has 2 axes: y, x"), DataError);
}

TEST_CASE("units that cannot be turned are refused for values and axes") {
  const SharedFolder folder("field_units");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {1, 2}, {1, 2});
    file.text("b", "units", "K");
  }
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("units = \"K\" cannot be turned into \"m\""), DataError);
  {
    Foreign file(path);
    file.put("b", H5T_IEEE_F64LE, {1, 2}, {1, 2});
    file.put("y", H5T_IEEE_F64LE, {1}, {0});
    file.put("x", H5T_IEEE_F64LE, {2}, {0, 1});
    file.text("x", "units", "1");
  }
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("/x: units = \"1\" cannot be turned into \"m\""), DataError);
}

TEST_CASE("virtual datasets and external links are followed where their target is there, and named where it is not") {
  const SharedFolder folder("field_virtual");
  const std::string path = folder.file("b.h5"), source = folder.file("source.h5");
  Foreign(source).put("part", H5T_IEEE_F64LE, {1, 2}, {3, 4});
  {
    Foreign file(path);
    const hsize_t extents[] = {1, 2};
    const hid_t space = H5Screate_simple(2, extents, nullptr), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_virtual(list, space, "source.h5", "part", space);
    H5Dclose(H5Dcreate2(file.id(), "b", H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Pclose(list);
    H5Sclose(space);
    H5Lcreate_external("source.h5", "/part", file.id(), "linked", H5P_DEFAULT, H5P_DEFAULT);
  }
  CHECK(values_of(path) == Numbers{3, 4});
  CHECK(read_field_file(path, "linked", plane).values.values<double>()[1] == 4);
  std::filesystem::remove(source);
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("source part of " ), DataError);
  CHECK_THROWS_WITH_AS(read_field_file(path, "linked", plane), doctest::Contains("links to /part of source.h5"),
                       DataError);
  const FileReport report = inspect_file(path);
  CHECK_FALSE(report.whole);
  CHECK(report.problem.find("source.h5") != std::string::npos);
}

TEST_CASE("chunks that were never written are counted and refused") {
  const SharedFolder folder("field_chunks");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    const hsize_t extents[] = {8, 2}, chunk[] = {1, 2}, start[] = {0, 0}, count[] = {3, 2};
    const hid_t space = H5Screate_simple(2, extents, nullptr), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, chunk);
    const hid_t dataset = H5Dcreate2(file.id(), "b", H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
    const hid_t memory = H5Screate_simple(2, count, nullptr);
    const double values[6] = {1, 2, 3, 4, 5, 6};
    REQUIRE(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values) >= 0);
    H5Sclose(memory);
    H5Dclose(dataset);
    H5Pclose(list);
    H5Sclose(space);
  }
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("3 of 8 were written"), DataError);
  CHECK_FALSE(inspect_file(path).whole);
}

TEST_CASE("classic netCDF is named as such, with what to do") {
  const SharedFolder folder("field_classic");
  const std::string path = folder.file("b.nc");
  std::ofstream(path, std::ios::binary) << "CDF" << '\2' << std::string(64, '\0');
  CHECK_THROWS_WITH_AS(values_of(path), doctest::Contains("classic netCDF (CDF-2); turn it into netCDF-4: nccopy"),
                       DataError);
  CHECK(inspect_file(path).problem.find("classic netCDF") != std::string::npos);
}

TEST_CASE("a dataset that nobody uses is named with those that are") {
  const SharedFolder folder("field_unused");
  const std::string path = folder.file("b.h5");
  {
    Foreign file(path);
    file.put("eta", H5T_IEEE_F64LE, {1, 2}, {1, 2});
    file.put("x", H5T_IEEE_F64LE, {2}, {0, 1});
    file.put("y", H5T_IEEE_F64LE, {1}, {0});
    file.put("velocitiy", H5T_IEEE_F64LE, {1, 2}, {1, 2});
  }
  CHECK_THROWS_WITH_AS(require_all_used(path, {"eta", "u", "v"}),
                       doctest::Contains("/velocitiy: is not used: this solver starts from eta, u, v"), DataError);
  CHECK_NOTHROW(require_all_used(path, {"eta", "velocitiy"}));
}

TEST_CASE("the components of a vector are told apart by name") {
  const SharedFolder folder("field_vector");
  const std::string path = folder.file("b.h5");
  Foreign(path).put("b", H5T_IEEE_F64LE, {1, 2, 2}, {1, 2, 3, 4});
  FieldExpectation along = plane;
  along.component = "x";
  CHECK(values_of(path, along) == Numbers{1, 3});
  {
    hdf5::File file(path, hdf5::Access::write);
    hdf5::Dataset component = file.write_strings("component", {"y", "x"});
    component.make_scale("component");
    file.open_dataset("b").attach_scale(component, 2);
  }
  CHECK(values_of(path, along) == Numbers{2, 4});
}
