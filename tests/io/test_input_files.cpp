// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/checksum.hpp>
#include <marea/io/error.hpp>
#include <marea/io/input_files.hpp>

using namespace marea;
using doctest::Contains;
namespace fs = std::filesystem;

namespace {

/// A fresh folder.
struct Folder {
  fs::path path = fs::absolute("input_files");
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path / "project" / "runs");
  }
  ~Folder() { fs::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
};

OptionTree case_with(const std::string& bed) {
  return parse_case_text("[solver]\nbathymetry = { file = \"" + bed + "\" }\n", "case");
}

std::string bed_of(const OptionTree& tree) { return tree.at_path("solver.bathymetry.file")->as_string(); }

}  // namespace

TEST_CASE("every file that a case names is found, at any depth, and nothing else") {
  const OptionTree tree = parse_case_text(R"([grid]
nx = 4
[solver]
name = "file"
bathymetry = { file = "bed.h5", regrid = "mean" }
gauges = [{ name = "a" }, { name = "b", file = "series.h5" }]
[solver.inflow]
file = ""
[initial]
file = ["west.h5", "east.h5"]
[surrogate]
model = "step.h5"
[model]
name = "fno"
[output]
folder = "runs")", "case");
  std::vector<std::string> found;
  for (const InputFile& file : named_files(tree)) {
    CHECK(file.folder == fs::current_path().string());
    found.push_back(file.option + " " + file.name);
  }
  CHECK(found == std::vector<std::string>{"solver.bathymetry.file bed.h5", "solver.gauges[1].file series.h5",
                                          "initial.file[0] west.h5", "initial.file[1] east.h5",
                                          "surrogate.model step.h5"});
}

TEST_CASE("a file is hashed again when it changes, and refused when it changed while it was read") {
  const Folder folder;
  const std::string bed = folder.write("bed", "one");
  FileHashes hashes;
  const std::string before = FileHashes::stamp(bed);
  CHECK(hashes.of(bed, before) == sha256_of_file(bed));
  folder.write("bed", "longer");
  CHECK_THROWS_WITH_AS(hashes.of(bed, before), Contains("bed: was changed while a run read it"), DataError);
  CHECK(hashes.of(bed, FileHashes::stamp(bed)) == sha256_of_file(bed));
  CHECK(FileHashes::stamp(bed + ".none").empty());
}

TEST_CASE("a relative name is found from the folder of the run and from the one above, by its content") {
  const Folder folder;
  const std::string bed = folder.write("project/bed", "the bed"), run = folder.write("project/runs/run.h5", "");
  const InputFile kept{"solver.bathymetry.file", "bed", "/nowhere", sha256_of_file(bed)};
  CHECK(bed_of(locate_input_files(case_with("bed"), {kept}, run)) == bed);

  const std::string nearer = folder.write("project/runs/bed", "another");
  CHECK(bed_of(locate_input_files(case_with("bed"), {kept}, run)) == bed);
  folder.write("project/bed", "changed");
  CHECK_THROWS_WITH_AS(locate_input_files(case_with("bed"), {kept}, run),
                       Contains((nearer + " has SHA-256 " + sha256_of_file(nearer)).c_str()), DataError);
  CHECK_THROWS_WITH_AS(locate_input_files(case_with("bed"), {kept}, run), Contains("/nowhere/bed is missing"),
                       DataError);
}

TEST_CASE("a file of an absolute name may have moved together with the runs") {
  const Folder folder;
  const std::string bed = folder.write("bed", "the bed"), run = folder.write("project/runs/run.h5", "");
  const InputFile kept{"solver.bathymetry.file", bed, "/nowhere", sha256_of_file(bed)};
  CHECK(bed_of(locate_input_files(case_with(bed), {kept}, run)) == bed);
  fs::rename(bed, folder.path / "project" / "bed");
  CHECK(bed_of(locate_input_files(case_with(bed), {kept}, run)) == (folder.path / "project" / "bed").string());
  fs::remove(folder.path / "project" / "bed");
  CHECK_THROWS_WITH_AS(locate_input_files(case_with(bed), {kept}, run), Contains((bed + " is missing; ").c_str()),
                       DataError);
}
