// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <marea/io/hdf5.hpp>
#include <marea/io/snapshot_writer.hpp>

namespace marea::detail {

inline constexpr const char* snapshot_schema_version = "1.0";

/// "t0_fields", "t1_fields", "t2_fields"
std::string field_group(int tensor_rank);
/// "t1_fields/velocity"
std::string field_path(const FieldInfo& field);

FieldRole field_role(const std::string& name, FieldRole otherwise);

/// Writes a new file of that schema without any snapshot. Serial.
/// \param chunk  cells per axis of one HDF5 chunk
void create_snapshot_file(const std::string& path, const SnapshotSchema& schema, const GridInfo& grid,
                          const hdf5::Extents& chunk);

/// The Well's groups boundary_conditions/<axis>_<kind>, one a distinct kind of an axis.
void write_boundaries(hdf5::Group& root, const GridInfo& grid, const std::vector<std::string>& fields);
/// Kinds at both ends of each axis in lower case; empty where the file says nothing.
std::vector<std::array<std::string, 2>> read_boundaries(const hdf5::Group& root,
                                                        const std::vector<std::string>& axis_names);

/// tables/<name>: f64 [rows, columns] with the names and units of its columns.
void write_table(hdf5::Group& root, const Table& table);
/// The table of rank 0 on every rank. Collective.
Table broadcast_table(MPI_Comm comm, const Table& table);
std::vector<Table> read_tables(const hdf5::Group& root);

/// CF's cell_methods over the spatial axes: "y: x: mean", or "y: x: point" for samples and truncations, of which a
/// comment tells the latter. Nothing for systems without space.
void write_cell_value(hdf5::Dataset& dataset, CellValue value, const std::vector<std::string>& axis_names);
/// That of the spatial axes or of CF's "area"; mean where the file says nothing or of some other method.
CellValue read_cell_value(const hdf5::Dataset& dataset, const std::vector<std::string>& axis_names);

/// A FieldInfo from a dataset's attributes.
FieldInfo read_field_info(const hdf5::Dataset& dataset, const std::string& name, int tensor_rank, bool varies,
                          const std::vector<std::string>& axis_names);

/// Keeps the files as the attribute `input_files` (TOML), and reads them back: none where it is missing.
/// Throws DataError.
void write_input_files(hdf5::Object& root, const std::vector<InputFile>& files);
std::vector<InputFile> read_input_files(const hdf5::Object& root);

/// Attributes wall_seconds and cpu_seconds; none where either is missing.
std::optional<RunCost> read_run_cost(const hdf5::Object& root);

/// Paths of the fields that have a time axis, in one of marea's own files.
std::vector<std::string> varying_fields(const hdf5::File& file);
/// Keeps the first `steps` snapshots. Serial: HDF5 1.10 mixes its ranks up when they shorten datasets together.
void cut_snapshots(hdf5::File& file, std::int64_t steps);

/// Copies a vector or tensor field between marea's order of components in memory and the file's, which is the order
/// of the axes. `axis` names the axes in storage order; the last `tensor_rank` axes hold components. Converts.
void copy_components(const ArrayRef& from, const ArrayRef& to, const std::vector<std::string>& axis, int tensor_rank,
                     bool to_file);

}  // namespace marea::detail
