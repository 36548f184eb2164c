// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/host_array.hpp>

#include "support/shared_folder.hpp"

namespace {

using namespace marea;
using hdf5::Access;
namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::path("hdf5_files");
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  std::string file(const char* name) const { return (path / name).string(); }
};

}  // namespace

TEST_CASE("attributes of every kind come back as they were written") {
  const Folder folder;
  const std::string path = folder.file("attributes.h5");
  {
    hdf5::File file(path, Access::create);
    file.write_attribute("text", "Straße, 10 µm");
    file.write_attribute("texts", std::vector<std::string>{"y", "", "x"});
    file.write_attribute("no_texts", std::vector<std::string>{});
    file.write_attribute("flag", true);
    file.write_attribute("flags", std::vector<bool>{true, false});
    file.write_attribute("number", 0.1);
    file.write_attribute("numbers", std::vector<double>{1.5, -2.5});
    file.write_attribute("count", std::int64_t{1} << 40);
    file.write_attribute("count", 7);  // replaces
    file.write_attribute("counts", std::vector<std::int64_t>{3, 4});
    file.close();
  }
  const hdf5::File file(path, Access::read);
  CHECK(file.read_string("text") == "Straße, 10 µm");
  CHECK(file.read_strings("texts") == std::vector<std::string>{"y", "", "x"});
  CHECK(file.read_strings("no_texts").empty());
  CHECK(file.read_bool("flag"));
  CHECK(file.read_bools("flags") == std::vector<bool>{true, false});
  CHECK(file.read_double("number") == 0.1);
  CHECK(file.read_doubles("numbers") == std::vector<double>{1.5, -2.5});
  CHECK(file.read_integer("count") == 7);
  CHECK(file.read_double("count") == 7.0);
  CHECK(file.read_integers("counts") == std::vector<std::int64_t>{3, 4});
  CHECK(file.attributes().size() == 9);
  CHECK_THROWS_WITH_AS(file.read_string("titel"), doctest::Contains("attributes.h5:/@titel: the attribute is missing"),
                       DataError);
  CHECK_THROWS_AS(file.read_integer("number"), DataError);
  CHECK_THROWS_AS(file.read_double("text"), DataError);
  CHECK_THROWS_AS(file.read_double("numbers"), DataError);
}

TEST_CASE("a box of a dataset is read into an array of any strides and the other precision") {
  const Folder folder;
  const std::string path = folder.file("box.h5");
  HostArray values(DType::f64, {4, 5});
  std::iota(values.values<double>().begin(), values.values<double>().end(), 0.0);
  {
    hdf5::File file(path, Access::create);
    hdf5::Group group = file.create_group("fields");
    group.write_dataset("h", values.ref());
    hdf5::Dataset chunked = group.create_dataset(
        "packed", DType::f32,
        {.extents = {0, 5}, .maximum = {hdf5::unlimited, 5}, .chunk = {2, 5}, .deflate = 4, .fletcher32 = true});
    chunked.resize({4, 5});
    chunked.write({0, 0}, {4, 5}, values.ref());
  }
  const hdf5::File file(path, Access::read);
  for (const char* name : {"fields/h", "fields/packed"}) {
    const hdf5::Dataset dataset = file.open_dataset(name);
    CHECK(dataset.extents() == hdf5::Extents{4, 5});
    HostArray box(DType::f32, {3, 2});
    dataset.read({1, 2}, {2, 3}, box.ref().permute({1, 0}));
    CHECK(box.values<float>()[0] == 7.0f);   // (1, 2)
    CHECK(box.values<float>()[1] == 12.0f);  // (2, 2)
    CHECK(box.values<float>()[5] == 14.0f);  // (2, 4)
    CHECK_THROWS_AS(dataset.read({3, 0}, {2, 5}, HostArray(DType::f64, {2, 5}).ref()), ShapeError);
    CHECK_THROWS_AS(dataset.read(HostArray(DType::i32, {4, 5}).ref()), DataError);
  }
  CHECK(file.open_dataset("fields/h").chunk().empty());
  CHECK(file.open_dataset("fields/packed").chunk() == hdf5::Extents{2, 5});
  CHECK(file.open_dataset("fields/packed").dtype() == DType::f32);
}

TEST_CASE("what is missing, foreign or of another kind is named") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(hdf5::File(folder.file("none.h5"), Access::read),
                       doctest::Contains("cannot be opened: No such file"), IoError);
  std::ofstream(folder.file("text.h5")) << "no HDF5 here";
  CHECK_THROWS_AS(hdf5::File(folder.file("text.h5"), Access::read), DataError);
  hdf5::File file(folder.file("file.h5"), Access::create);
  file.create_group("group");
  CHECK(file.kind("group") == hdf5::Kind::group);
  CHECK(file.kind("group/h") == hdf5::Kind::missing);
  CHECK(file.kind("nothing/h") == hdf5::Kind::missing);
  CHECK_THROWS_WITH_AS(file.open_dataset("group"), doctest::Contains("/group: is not a dataset"), DataError);
  CHECK_THROWS_WITH_AS(file.open_dataset("group/h"), doctest::Contains("/group/h: the dataset is missing"), DataError);
  CHECK_THROWS_AS(file.open_group("h"), DataError);
}

TEST_CASE("flags are the enumeration FALSE, TRUE and read as bytes") {
  const Folder folder;
  const std::string path = folder.file("flags.h5");
  hdf5::File(path, Access::create).write_flags("mask", {true, false, true});
  HostArray mask(DType::u8, {3});
  hdf5::File(path, Access::read).open_dataset("mask").read(mask.ref());
  CHECK(mask.values<std::uint8_t>()[0] == 1);
  CHECK(mask.values<std::uint8_t>()[1] == 0);
}

TEST_CASE("equal content is equal bytes, and children keep the order of creation") {
  const Folder folder;
  for (const char* name : {"a.h5", "b.h5"}) {
    hdf5::File file(folder.file(name), Access::create);
    HostArray values(DType::f64, {3});
    file.write_dataset("z", values.ref()).write_attribute("units", "m");
    file.create_group("a");
    file.hard_link("z", "a/link");
    CHECK(file.children() == std::vector<std::string>{"z", "a"});
    file.close();
  }
  const auto bytes = [](const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  CHECK(bytes(folder.file("a.h5")) == bytes(folder.file("b.h5")));
}

TEST_CASE("a refused opening leaves the file as it is") {
  const Folder folder;
  const std::string path = folder.file("file.h5");
  {
    hdf5::File file(path, hdf5::Access::create);
    file.write_attribute("answer", std::int64_t{42});
    file.close();
  }
  const std::string before = test::bytes_of(path);
  SUBCASE("for another process reads it") {
    const int reader = ::open(path.c_str(), O_RDONLY);
    REQUIRE(::flock(reader, LOCK_SH) == 0);
    for (const Access access : {Access::write, Access::create})
      CHECK_THROWS_AS(hdf5::File(path, access), IoError);
    const std::string holder = "in use by process " + std::to_string(::getpid()) + " (test_hdf5)";
    CHECK_THROWS_WITH(hdf5::File(path, Access::write), doctest::Contains(holder.c_str()));
    CHECK(hdf5::File(path, hdf5::Access::read).read_integer("answer") == 42);
    ::close(reader);
  }
  SUBCASE("for this process reads it") {
    const hdf5::File reader(path, hdf5::Access::read);
    CHECK_THROWS_AS(hdf5::File(path, hdf5::Access::write), IoError);
    CHECK_THROWS_AS(hdf5::File(path, hdf5::Access::create), IoError);
    CHECK(reader.read_integer("answer") == 42);
  }
  SUBCASE("for this process writes it") {
    hdf5::File writer(path, hdf5::Access::write);
    { const hdf5::File second(path, hdf5::Access::write); }
    CHECK(hdf5::File(path, hdf5::Access::write).read_integer("answer") == 42);
    writer.close();
  }
  CHECK(test::bytes_of(path) == before);
}
