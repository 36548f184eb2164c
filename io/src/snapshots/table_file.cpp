// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/case_file.hpp>
#include <marea/io/collective.hpp>
#include <marea/io/error.hpp>
#include <marea/io/host_array.hpp>

#include "snapshot_layout.hpp"

namespace marea::detail {

void write_table(hdf5::Group& root, const Table& table) {
  if (table.name.empty() || table.name.find('/') != std::string::npos)
    fail<ConfigError>(root.where(), "table name = '", table.name, "' must not be empty or hold '/'");
  if (table.columns.empty() || table.values.size() % table.columns.size() != 0 ||
      (!table.units.empty() && table.units.size() != table.columns.size()))
    fail<ShapeError>(root.where(), "table ", table.name, ": ", table.values.size(), " values and ", table.units.size(),
                     " units do not fit ", table.columns.size(), " columns");
  hdf5::Group tables = root.has("tables") ? root.open_group("tables") : root.create_group("tables");
  if (tables.has(table.name)) tables.remove(table.name);
  const auto columns = static_cast<std::int64_t>(table.columns.size());
  hdf5::Dataset dataset =
      tables.write_dataset(table.name, make_array_ref(table.values.data(), {table.rows(), columns}));
  dataset.write_attribute("columns", table.columns);
  dataset.write_attribute("units", table.units);
  dataset.write_attribute("attributes", to_toml(table.attributes));
}

Table broadcast_table(MPI_Comm comm, const Table& table) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  OptionTree head;
  if (rank == 0) {
    head["name"] = table.name;
    head["columns"] = OptionTree::Array(table.columns.begin(), table.columns.end());
    head["units"] = OptionTree::Array(table.units.begin(), table.units.end());
    head["attributes"] = table.attributes.empty() ? OptionTree(OptionTree::Table{}) : table.attributes;
  }
  std::string text = rank == 0 ? to_toml(head) : std::string();
  broadcast(comm, text);
  auto count = static_cast<std::int64_t>(table.values.size());
  MPI_Bcast(&count, 1, MPI_INT64_T, 0, comm);
  Table whole = table;
  if (rank != 0) {
    head = parse_toml(text, table.name);
    whole = {.name = head["name"].as_string(), .attributes = head["attributes"]};
    for (const OptionTree& column : head["columns"].as_array()) whole.columns.push_back(column.as_string());
    for (const OptionTree& unit : head["units"].as_array()) whole.units.push_back(unit.as_string());
    whole.values.resize(static_cast<std::size_t>(count));
  }
  MPI_Bcast(whole.values.data(), static_cast<int>(count), MPI_DOUBLE, 0, comm);
  return whole;
}

std::vector<Table> read_tables(const hdf5::Group& root) {
  std::vector<Table> tables;
  if (root.kind("tables") != hdf5::Kind::group) return tables;
  const hdf5::Group group = root.open_group("tables");
  for (const std::string& name : group.children()) {
    const hdf5::Dataset dataset = group.open_dataset(name);
    Table table{.name = name, .columns = dataset.read_strings("columns"), .units = dataset.read_strings("units")};
    const hdf5::Extents& extents = dataset.extents();
    if (extents.size() != 2 || table.columns.empty() || extents[1] != static_cast<std::int64_t>(table.columns.size()))
      fail<DataError>(dataset.where(), "must be [rows, ", table.columns.size(), "], one column a name");
    dataset.check_stored();
    table.values.resize(static_cast<std::size_t>(dataset.size()));
    dataset.read(make_array_ref(table.values.data(), {extents[0], extents[1]}));
    const std::string attributes = dataset.read_string("attributes");
    if (!attributes.empty()) table.attributes = parse_toml(attributes, dataset.where());
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace marea::detail
