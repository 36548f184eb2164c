// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <string>

#include <doctest/doctest.h>

#include <marea/io/case_file.hpp>
#include <marea/io/error.hpp>
#include <marea/io/random.hpp>
#include <marea/solvers/ensemble.hpp>
#include <marea/solvers/registry.hpp>
#include <marea/solvers/simulation_options.hpp>

using namespace marea;

namespace {

const std::string whole = R"(# an ensemble of waves over islands
[grid]
nx = 24
ny = 20
x = [0.0, 24.0e3]
y = [0.0, 20.0e3]
boundary_x = ["open", "wall"]
boundary_y = ["periodic", "periodic"]
[solver]
name = "shallow_water"
bathymetry = { profile = "rough", mean = -50.0, amplitude = 70.0, wavelength = 4e3 }
manning = 0.025
limiter = "mc"
[solver.gauges]
buoy = [9.5e3, 9.5e3]
[initial]
profile = "gaussian_hump"
centre = [8.0e3, 9.0e3]
radius = [3.0e3, 2.0e3]
height = 1.5
[output]
folder = "runs"
every = 60.0
fields = ["eta", "velocity"]
[run]
end_time = 300.0
wall_limit = "1h30m"
[ensemble]
members = 4
seed = 3
[ensemble.vary]
"initial.height" = [0.5, 2.0]
"initial.centre[1]" = [5.0e3, 15.0e3]
[ensemble.split]
train = 0.5
valid = 0.25
test = 0.25
)";

/// All that `marea simulate` makes of a case file before the first step.
void begin(const std::string& text) {
  const OptionTree file = parse_case_text(text, "case.toml");
  const OptionTree member = ensemble_members(file).at(0).case_file;
  OutputOptions output;
  RunOptions run;
  if (const OptionTree* table = member.find("output")) read_options(output, *table, "output");
  if (const OptionTree* table = member.find("run")) read_options(run, *table, "run");
  parse_duration(run.wall_limit);
  snapshot_times(output, run.end_time);
  make_solver(member, MPI_COMM_SELF);
}

/// The same text for the same number: a third are cut off, the others have one to four bits flipped.
std::string damaged(std::uint64_t number) {
  const Random random(20261121, "fuzz", number);
  const auto place = [&](std::uint64_t draw) {
    return static_cast<std::size_t>(random.below(draw, static_cast<std::int64_t>(whole.size())));
  };
  if (number % 3 == 0) return whole.substr(0, place(0));
  std::string text = whole;
  for (std::uint64_t flip = 0; flip <= number % 4; ++flip)
    text[place(2 * flip)] ^= static_cast<char>(1 << random.below(2 * flip + 1, 8));
  return text;
}

}  // namespace

TEST_CASE("a damaged case file is an error of input, or still a case") {
  REQUIRE_NOTHROW(begin(whole));
  int refused = 0;
  for (std::uint64_t number = 0; number < 3000; ++number) {
    const std::string text = damaged(number);
    CAPTURE(text);
    try {
      begin(text);
    } catch (const ConfigError&) {
      ++refused;
    } catch (const DataError&) {
      ++refused;
    } catch (const std::exception& error) {
      FAIL_CHECK("no error of input: " << std::string(error.what()));
    }
  }
  CHECK(refused >= 1500);  // of the cut ones nearly all, of the others those outside comments and numbers
}
