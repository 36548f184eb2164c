// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "evaluation/score.hpp"

using namespace marea;

TEST_CASE("a field's error is its relative L2 error over all components, the mean over runs") {
  detail::Score score({"eta", "speed"}, {{"eta", 0, 1}, {"speed", 1, 1}, {"both", 0, 2}}, 1);
  const std::vector<double> reference{3, 4, 0, 0, 1, 1, 1, 1}, forecast{3, 3, 0, 0, 9, 9, 9, 9};
  const auto shape = {std::int64_t{1}, std::int64_t{2}, std::int64_t{2}, std::int64_t{2}};
  score.add(make_array_ref(forecast.data(), shape), make_array_ref(reference.data(), shape), {});
  score.add(make_array_ref(reference.data(), shape), make_array_ref(reference.data(), shape), {});
  CHECK(score.runs() == 2);
  CHECK(score.errors(0)[0] == doctest::Approx(0.2));  // |(0, 1)| / |(3, 4)|
  CHECK(score.mean_error(0) == doctest::Approx(0.1));
  CHECK(score.mean_error(1) == doctest::Approx(4));   // |(8, 8, 8, 8)| / |(1, 1, 1, 1)| / 2
  CHECK(score.errors(2)[0] == doctest::Approx(std::sqrt(257. / 29)));
  const auto tree = score.to_tree();
  CHECK(tree.at_path("eta.nrmse")->as_double() == doctest::Approx(0.1));
  CHECK(tree.at_path("speed.maximum_error")->as_double() == doctest::Approx(4));
  CHECK(tree.at_path("eta.leads") == nullptr);
}

TEST_CASE("errors of each lead time stand in the tree") {
  detail::Score score({"eta"}, {{"eta"}}, 2);
  const std::vector<double> reference{1, 1, 1, 1}, forecast{1, 1, 2, 2};
  const auto shape = {std::int64_t{2}, std::int64_t{1}, std::int64_t{2}};
  score.add(make_array_ref(forecast.data(), shape), make_array_ref(reference.data(), shape), {});
  const auto tree = score.to_tree();
  const auto& leads = tree.at_path("eta.leads.nrmse")->as_array();
  CHECK(leads[0].as_double() == 0);
  CHECK(leads[1].as_double() == doctest::Approx(1));
  CHECK(tree.at_path("eta.nrmse")->as_double() == doctest::Approx(0.5));
}

TEST_CASE("errors at fronts and boundary are relative to the whole field, and absent where there is no front") {
  const auto shape = {std::int64_t{2}, std::int64_t{1}, std::int64_t{1}, std::int64_t{4}};
  const std::vector<double> reference{2, 2, 2, 2, 2, 2, 2, 2}, forecast{2, 3, 2, 2, 2, 2, 2, 2};
  HostArray front(DType::u8, {1, 4}), none(DType::u8, {1, 4});
  front.values<std::uint8_t>()[0] = front.values<std::uint8_t>()[1] = 1;
  detail::Score score({"eta"}, {{"eta"}}, 2), open_sea({"eta"}, {{"eta"}}, 2);
  score.add(make_array_ref(forecast.data(), shape), make_array_ref(reference.data(), shape), {}, {front, none});
  open_sea.add(make_array_ref(forecast.data(), shape), make_array_ref(reference.data(), shape), {});
  const auto tree = score.to_tree();
  CHECK(tree.at_path("eta.front")->as_double() == doctest::Approx(std::sqrt(0.5) / 2));  // of the first lead alone
  CHECK(tree.at_path("eta.boundary")->as_double() == doctest::Approx(0.125));           // 1 / 4, the mean over leads
  CHECK(tree.at_path("eta.mean_absolute_error")->as_double() == doctest::Approx(0.125));
  CHECK(open_sea.to_tree().at_path("eta.front") == nullptr);
}

TEST_CASE("the components of an output field are its channels") {
  ModelInfo info;
  info.extents = {4, 8};
  info.outputs = {{.name = "eta"}, {.name = "velocity", .rank = 1}, {.name = "stress", .rank = 2}, {.name = "h"}};
  const auto fields = detail::output_fields(info);
  CHECK(fields[1].first == 1);
  CHECK(fields[1].count == 2);
  CHECK(fields[2].first == 3);
  CHECK(fields[3].first == 7);
}
