// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "sample_store.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <marea/io/case_file.hpp>
#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/hdf5.hpp>
#include <marea/io/input_files.hpp>
#include <marea/io/random.hpp>
#include <marea/solvers/ensemble.hpp>

#include "evaluation/clock.hpp"

namespace marea::detail {
namespace {

namespace fs = std::filesystem;

int rank_of(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

/// Whole or not at all: written beside its place and renamed.
void write_batch(const fs::path& file, const Drawn& batch) {
  const fs::path part = file.string() + ".part";
  {
    hdf5::File out(part.string(), hdf5::Access::create);
    out.write_dataset("values", make_array_ref(batch.values.data(), {batch.values.cols(), batch.values.rows()}));
    out.write_dataset("seconds", make_array_ref(batch.seconds.data(), {static_cast<std::int64_t>(batch.seconds.size())}));
    out.close();
  }
  fs::rename(part, file);
}

void read_batch(const fs::path& file, std::int64_t at, Drawn& all) {
  const hdf5::File in(file.string(), hdf5::Access::read);
  const hdf5::Dataset values = in.open_dataset("values"), seconds = in.open_dataset("seconds");
  const std::int64_t count = seconds.size();
  if (values.extents() != hdf5::Extents{count, all.values.rows()})
    fail<DataError>(file.string(), "holds values of other extents than this study's; remove it to run its samples again");
  values.read(make_array_ref(all.values.col(at).data(), {count, all.values.rows()}));
  seconds.read(make_array_ref(all.seconds.data() + at, {count}));
}

/// What samples depend on: the case without how many are wanted, and the content of the files that it names.
std::string identity_of(const OptionTree& case_file) {
  OptionTree own = case_file;
  std::erase_if(own.as_table(), [](const auto& e) { return e.first == "output"; });
  std::erase_if(own["estimate"].as_table(), [](const auto& e) {
    return e.first != "quantities" && e.first != "models" && e.first != "solver_levels" && e.first != "pilot";
  });
  std::string text = to_toml(own);
  std::vector<std::string> files;
  for (const InputFile& file : named_files(case_file)) files.push_back(file.name);
  if (const OptionTree* models = case_file.at_path("estimate.models"))
    for (const OptionTree& model : models->as_array()) files.push_back(model.as_string());
  FileHashes hashes;
  for (const std::string& file : files) text += "# " + file + " " + hashes.of(file, FileHashes::stamp(file)) + "\n";
  return text;
}

}  // namespace

SampleStore::SampleStore(const OptionTree& case_file, bool blocks, const fs::path& folder, MPI_Comm comm,
                         std::function<bool()> stop)
    : case_file_(case_file), folder_(folder), comm_(comm), stop_(std::move(stop)), blocks_(blocks) {
  EnsembleOptions options;
  if (const OptionTree* table = case_file.find("ensemble")) read_options(options, *table, "ensemble");
  if (options.vary.empty())
    fail<ConfigError>("estimate", "the case has no [ensemble.vary]; say there what is uncertain and how");
  seed_ = static_cast<std::uint64_t>(options.seed);
  dimensions_ = options.vary.as_table().size();
  identity_ = identity_of(case_file);
  if (blocks) identity_ += "# blocks for Sobol indices\n";
  run_collectively(comm, [&] {
    const fs::path file = folder / "study.toml";
    if (rank_of(comm) == 0 && fs::exists(file) && read_text_file(file.string()) != identity_)
      fail<DataError>(file.string(), "the samples beside it belong to another case; choose another estimate.output, or "
                      "remove the folder to start again");
  });
  std::erase_if(case_file_.as_table(), [](const auto& e) { return e.first == "estimate"; });
}

void SampleStore::open() const {
  run_collectively(comm_, [&] {
    if (rank_of(comm_) != 0) return;
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) fail<IoError>("estimate", folder_.string(), " cannot be made: ", error.message());
    std::ofstream(folder_ / "study.toml") << identity_;
  });
}

fs::path SampleStore::file_of(int number, std::int64_t first, std::int64_t count) const {
  return folder_ / fmt::format("model{}_{:07}_{}.h5", number, first, count);
}

std::vector<double> SampleStore::point_of(const char* stream, std::int64_t n) const {
  std::vector<double> point;
  for (std::size_t d = 0; d < dimensions_; ++d)
    point.push_back(Random(seed_, stream, d).uniform(static_cast<std::uint64_t>(n)));
  return point;
}

OptionTree SampleStore::case_of(std::int64_t n) const {
  return ensemble_members_at(case_file_, {point_of("estimate.sample", n)}).front().case_file;
}

std::vector<OptionTree> SampleStore::cases_of(std::int64_t n) const {
  const std::vector<double> a = point_of("estimate.sample", n);
  std::vector<std::vector<double>> points{a};
  if (blocks_) points.push_back(point_of("estimate.sobol", n));
  for (std::size_t d = 0; blocks_ && d < dimensions_; ++d) {
    points.push_back(a);
    points.back()[d] = points[1][d];
  }
  std::vector<OptionTree> cases;
  for (EnsembleMember& member : ensemble_members_at(case_file_, points)) cases.push_back(std::move(member.case_file));
  return cases;
}

Drawn SampleStore::draw(const Candidate& model, int number, std::int64_t first, std::int64_t count,
                        const std::function<void(std::int64_t)>& progress) const {
  int rank = rank_of(comm_), size = 1;
  MPI_Comm_size(comm_, &size);
  const std::int64_t batch = model.batch(), batches = (count + batch - 1) / batch;
  const auto range = [&](std::int64_t b) { return std::pair{first + b * batch, std::min(batch, count - b * batch)}; };
  std::int64_t rows = 0, stopped = 0;
  open();
  run_collectively(comm_, [&] {
    for (std::int64_t b = rank; b < batches && !stopped; b += size) {
      const auto [from, n] = range(b);
      const fs::path file = file_of(number, from, n);
      if (!fs::exists(file)) {
        Drawn drawn;
        const double seconds = Clock().seconds_of([&] {
          std::vector<OptionTree> cases;
          for (std::int64_t i = 0; i < n; ++i) std::ranges::move(cases_of(from + i), std::back_inserter(cases));
          const Eigen::MatrixXf values = model.run(cases);
          drawn.values = values.reshaped(values.size() / n, n);
        });
        drawn.seconds.assign(static_cast<std::size_t>(n), seconds / static_cast<double>(n));
        write_batch(file, drawn);
      }
      progress(std::min(count, (b + size) * batch));
      stopped = stop_ && stop_();
    }
  });
  MPI_Allreduce(MPI_IN_PLACE, &stopped, 1, MPI_INT64_T, MPI_MAX, comm_);
  if (stopped) fail<Stopped>("estimate", "stopped; the same command goes on");
  Drawn all;
  run_collectively(comm_, [&] {
    rows = hdf5::File(file_of(number, range(0).first, range(0).second).string(), hdf5::Access::read)
               .open_dataset("values").extents().back();
    all.values.resize(rows, count);
    all.seconds.resize(static_cast<std::size_t>(count));
    for (std::int64_t b = 0; b < batches; ++b)
      read_batch(file_of(number, range(b).first, range(b).second), b * batch, all);
  });
  return all;
}

}  // namespace marea::detail
