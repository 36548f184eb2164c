// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "kernels_impl.hpp"

namespace marea::shallow_water {

template StepKernel<double> step_kernel<double>(const std::string&, const std::string&);

}  // namespace marea::shallow_water
