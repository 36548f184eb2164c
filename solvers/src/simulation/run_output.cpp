// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "run_output.hpp"

#include <algorithm>

#include <marea/io/error.hpp>
#include <marea/io/field_extents.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/device.hpp>

#include "finite_values.hpp"

namespace marea::detail {
namespace {

std::vector<FieldInfo> with_role(const SolverInterface& solver, FieldRole role) {
  std::vector<FieldInfo> fields;
  for (const auto& f : solver.outputs())
    if (f.role == role) fields.push_back(f);
  return fields;
}

/// The fields of those names, any of `allowed`; `key` of the table `output` of a case file names them.
std::vector<FieldInfo> select(const std::vector<std::string>& names, const std::vector<FieldInfo>& allowed,
                              const std::vector<FieldInfo>& fixed, const std::string& key,
                              const OptionTree& case_file) {
  std::vector<std::string> known;
  for (const auto& f : allowed) known.push_back(f.name);
  std::vector<FieldInfo> chosen;
  for (std::size_t n = 0; n < names.size(); ++n) {
    const std::string& name = names[n];
    const auto where = [&] { return where_of(case_file, "output." + key + "[" + std::to_string(n) + "]"); };
    if (std::any_of(fixed.begin(), fixed.end(), [&](const FieldInfo& f) { return f.name == name; }))
      fail<ConfigError>(where(), "'", name, "' in ", key, " is fixed: it stands once in every file; leave it out");
    const auto at = std::find(known.begin(), known.end(), name);
    if (at == known.end()) fail_unknown(where(), "entry of " + key, name, known);
    chosen.push_back(allowed[at - known.begin()]);
  }
  return chosen;
}

}  // namespace

HostArray make_block_array(const FieldInfo& field, const GridInfo& grid, DType dtype) {
  return HostArray(dtype, block_extents(grid.block, field));
}

std::vector<Table> tables_on_all_ranks(SolverInterface& solver) {
  std::vector<Table> tables = solver.tables();
  int count = static_cast<int>(tables.size());
  MPI_Bcast(&count, 1, MPI_INT, 0, solver.grid().comm);
  tables.resize(count);
  return tables;
}

RunOutput::RunOutput(const SolverInterface& solver, const OutputOptions& options, const OptionTree& case_file)
    : grid_(solver.grid()), dtype_(options.precision == "double" ? DType::f64 : DType::f32),
      compression_(options.compression),
      gather_(options.writer == "gather"       ? SnapshotWriter::Gather::one_writer
              : options.writer == "collective" ? SnapshotWriter::Gather::collective
                                               : SnapshotWriter::Gather::automatic) {
  std::vector<FieldInfo> changing;
  for (const auto& f : solver.outputs())
    if (f.role != FieldRole::fixed) changing.push_back(f);
  fixed_ = with_role(solver, FieldRole::fixed);
  fields_ = options.fields.empty() ? with_role(solver, FieldRole::prognostic)
                                   : select(options.fields, changing, fixed_, "fields", case_file);
  diagnostics_ = with_role(solver, FieldRole::diagnostic);
  if (!options.diagnostics.empty())
    diagnostics_ = select(options.diagnostics, diagnostics_, fixed_, "diagnostics", case_file);
  // One name stands once in a file: as a series where the case asks for that.
  std::erase_if(diagnostics_, [&](const FieldInfo& d) {
    return std::any_of(fields_.begin(), fields_.end(), [&](const FieldInfo& f) { return f.name == d.name; });
  });
  for (const auto& f : fields_) arrays_.emplace_back(dtype_, block_extents(grid_.block, f));
}

SnapshotSchema RunOutput::schema(const SolverInterface& solver, const Ingredients& run, const std::string& split,
                                 const std::vector<NamedScalar>& parameters) const {
  SnapshotSchema schema;
  schema.dataset_name = solver.name();
  schema.split = split;
  schema.fields = fields_;
  schema.constants = fixed_;
  schema.constants.insert(schema.constants.end(), diagnostics_.begin(), diagnostics_.end());
  schema.parameters = parameters;
  schema.config = run.config;
  schema.files = run.files;
  schema.precision = dtype_;
  schema.compression = compression_;
  return schema;
}

void RunOutput::create(const std::string& path, const SnapshotSchema& schema, SolverInterface& solver) {
  writer_ = std::make_unique<SnapshotWriter>(path, schema, solver.grid(), SnapshotWriter::Mode::create, gather_);
  for (const auto& f : fixed_) write_constant(solver, f);
}

void RunOutput::resume(const std::string& path, const SnapshotSchema& schema, SolverInterface& solver) {
  writer_ = std::make_unique<SnapshotWriter>(path, schema, solver.grid(), SnapshotWriter::Mode::resume, gather_);
  writer_->truncate_after(solver.time());
}

void RunOutput::append(SolverInterface& solver) {
  flush();
  for (std::size_t n = 0; n < fields_.size(); ++n) solver.read(fields_[n].name, arrays_[n].device());
  pending_ = {solver.time(), solver.steps()};
  if (arrays_.front().device().memory == Memory::host) flush();
}

void RunOutput::flush() {
  if (!pending_) return;
  const Pending snapshot = *pending_;
  pending_.reset();
  fence();
  std::vector<NamedArray> named;
  for (std::size_t n = 0; n < fields_.size(); ++n) {
    require_finite(fields_[n], arrays_[n].host(), grid_, snapshot.time);
    named.push_back({fields_[n].name, arrays_[n].host()});
  }
  writer_->append(snapshot.time, named);
  if (told_) told_(snapshot.time, writer_->steps(), snapshot.steps);
}

void RunOutput::write_constant(SolverInterface& solver, const FieldInfo& field) {
  const HostArray array = make_block_array(field, solver.grid(), dtype_);
  solver.read(field.name, array.ref());
  writer_->write_constant(field.name, array.ref());
}

void RunOutput::finish(SolverInterface& solver) {
  flush();
  for (const auto& f : diagnostics_) write_constant(solver, f);
  for (const auto& table : tables_on_all_ranks(solver)) writer_->write_table(table);
  writer_->close();
}

}  // namespace marea::detail
