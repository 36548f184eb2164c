// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

namespace marea::cli {

/// Draws report.html in a folder that evaluate() wrote, with the Python package's marea/report.py in a process of its
/// own: by `python3` of the PATH, and where that lacks a package by the Python that marea was built with.
/// \return  empty when the page is there, otherwise why not; never throws
std::string draw_report_page(const std::string& folder);

}  // namespace marea::cli
