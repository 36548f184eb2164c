// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/surrogate/hybrid/block_surrogate.hpp>

#include <marea/io/collective.hpp>
#include <marea/solvers/device.hpp>
#include <marea/surrogate/hybrid/stopwatch.hpp>

namespace marea::hybrid {

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

void BlockSurrogate::call(const ArrayRef& in, const ArrayRef& out, LedgerEntry& row) const {
  Stopwatch watch(row, &LedgerEntry::seconds_surrogate);
  surrogate_.predict(in, out, device_queue());
}

}  // namespace marea::hybrid
