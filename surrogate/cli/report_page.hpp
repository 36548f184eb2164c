// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <string>

namespace marea::cli {

/// Draws the page of a folder that evaluate() or estimate() wrote, with a script of the Python package in a process of
/// its own: by `python3` of the PATH, and where that lacks a package by the Python that marea was built with.
/// \param script  report.py or estimate_page.py
/// \return  empty when the page is there, otherwise why not; never throws
std::string draw_page(const std::string& script, const std::string& folder);

}  // namespace marea::cli
