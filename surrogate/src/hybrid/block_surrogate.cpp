// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/block_surrogate.hpp>

#include <cmath>
#include <limits>

#include <marea/io/collective.hpp>
#include <marea/solvers/device.hpp>
#include <marea/surrogate/hybrid/stopwatch.hpp>

namespace marea::hybrid {
namespace {

constexpr double standard_deviation = 0.683;  // the share of a normal distribution within one

}  // namespace

void BlockSurrogate::predict(const ArrayRef& in, const ArrayRef& out, LedgerEntry& row) const {
  Stopwatch watch(row, &LedgerEntry::seconds_copies);
  if (gather_.ranks() == 1) return call(in, out, row);
  const HostArray whole_in = gather_.gather(in);
  const HostArray whole_out = gather_.whole(out.extent[0]);
  run_collectively(comm_, [&] {
    if (gather_.root()) call(whole_in.ref(), whole_out.ref(), row);
  });
  gather_.scatter(whole_out, out);
}

BlockSurrogate::Verdict BlockSurrogate::judge(const ArrayRef& in, bool trust, bool band) const {
  const HostArray whole = gather_.gather(in);
  Verdict verdict;
  run_collectively(comm_, [&] {
    if (!gather_.root()) return;
    if (trust) verdict.trust = surrogate_.judge(whole.ref()).front().score;
    if (!band) return;
    const HostArray half_width = gather_.whole(std::ssize(info().output_channels));
    surrogate_.band(whole.ref(), standard_deviation, half_width.ref());
    double squares = 0;
    for (std::size_t c = 0; c < info().output_channels.size(); ++c) {
      const double rms = info().output_statistics[c].rms > 0 ? info().output_statistics[c].rms : 1;
      const ArrayRef channel = half_width.ref()[static_cast<std::int64_t>(c)];
      for (std::int64_t i = 0; i < channel.size(); ++i) squares += std::pow(channel.as<double>()[i] / rms, 2);
    }
    verdict.band = std::isfinite(squares) ? std::sqrt(squares) : std::numeric_limits<double>::infinity();
  });
  double numbers[] = {verdict.trust, verdict.band};
  MPI_Bcast(numbers, 2, MPI_DOUBLE, 0, comm_);
  return {numbers[0], numbers[1]};
}

void BlockSurrogate::call(const ArrayRef& in, const ArrayRef& out, LedgerEntry& row) const {
  Stopwatch watch(row, &LedgerEntry::seconds_surrogate);
  surrogate_.predict(in, out, device_queue());
}

}  // namespace marea::hybrid
