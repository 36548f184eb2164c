// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
// write_sample_run FILE STEPS [FOLDER | --members]: writes the run of sample_run.hpp, and says "step N" when that snapshot is
// safe; with FOLDER a checkpoint after each, with --members that of members without space. Tests in Python read its
// files, and kill it.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <marea/io/checkpoint.hpp>
#include <marea/io/error.hpp>
#include <marea/io/mpi_io.hpp>

#include "support/sample_run.hpp"

int main(int argc, char** argv) {
  marea::choose_mpi_io();
  MPI_Init(&argc, &argv);
  int result = 0;
  try {
    const std::string path = argv[1];
    const std::int64_t steps = std::atoll(argv[2]);
    if (argc > 3 && std::string_view(argv[3]) == "--members") {
      marea::test::write_member_run(path, steps);
      MPI_Finalize();
      return 0;
    }
    const marea::test::SampleRun run(MPI_COMM_WORLD);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    marea::SnapshotWriter writer(path, run.schema, run.grid, marea::SnapshotWriter::Mode::create);
    writer.write_constant("bathymetry", run.block(3, 0).ref());
    for (std::int64_t step = 0; step < steps; ++step) {
      run.append(writer, step);
      if (argc > 3) {
        marea::CheckpointWriter checkpoint(argv[3], run.grid, 60.0 * static_cast<double>(step), step, run.schema.config);
        checkpoint.write("h", run.block(0, step).ref());
        checkpoint.commit();
      }
      if (rank == 0) std::printf("step %lld\n", static_cast<long long>(step)), std::fflush(stdout);
    }
    writer.write_constant("max_eta", run.block(4, 0).ref());
    writer.write_table(marea::test::SampleRun::gauge());
    writer.close();
  } catch (const marea::IoError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    result = 5;
  }
  MPI_Finalize();
  return result;
}
