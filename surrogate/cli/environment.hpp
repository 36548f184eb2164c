// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once

namespace marea::cli {

/// Opens those of the descriptors 0, 1, 2 that are closed, on /dev/null: a file of ours must not take the place of one
/// that messages go to.
void open_standard_streams();

/// Sets OMP_NUM_THREADS, OMP_WAIT_POLICY, GOMP_SPINCOUNT and OMP_PROC_BIND where they are not set, and starts the
/// program again, once: OpenMP reads them when its library loads. Threads are the cores of the affinity mask, divided
/// by the ranks of this node where the launcher gave them no cores of their own. Returns where nothing had to be set.
void prepare_environment(char** argv);

/// OMP_NUM_THREADS, 0 where it is not a number.
int threads_from_environment();

}  // namespace marea::cli
