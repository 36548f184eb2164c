// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/audit.hpp>

#include <algorithm>

#include <marea/io/random.hpp>

namespace marea::hybrid {

void KeptState::keep(SolverInterface& solver) {
  pieces_ = solver.restart_pieces();
  arrays_.resize(pieces_.size());
  for (std::size_t n = 0; n < pieces_.size(); ++n) {
    const std::vector<std::int64_t> extents = pieces_[n].extents();
    const ArrayRef here = arrays_[n].ref();
    if (here.dtype != pieces_[n].dtype || !std::ranges::equal(here.extents(), extents))
      arrays_[n] = DeviceArray(pieces_[n].dtype, extents);
    solver.read_restart(pieces_[n].name, arrays_[n].ref());
  }
  time_ = solver.time();
  steps_ = solver.steps();
}

void KeptState::give(SolverInterface& solver) const {
  for (std::size_t n = 0; n < pieces_.size(); ++n) solver.write_restart(pieces_[n].name, arrays_[n].ref());
  solver.set_time(time_, steps_);
}

bool draw_audit(const HybridOptions& options, const Stretch& stretch, MPI_Comm comm) {
  if (options.audit <= 0) return false;
  const auto interval = static_cast<std::uint64_t>(stretch.past.size());
  stretch.row.drawn =
      Random(static_cast<std::uint64_t>(options.seed), "hybrid.audit").uniform(interval) < options.audit;
  const bool first = std::none_of(stretch.past.begin(), stretch.past.end(), [](const auto& e) { return e.audited; });
  int wanted = stretch.row.drawn || first;
  MPI_Bcast(&wanted, 1, MPI_INT, 0, comm);  // the past that counts is rank 0's
  return wanted != 0;
}

}  // namespace marea::hybrid
