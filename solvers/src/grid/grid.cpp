// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/solvers/grid/grid.hpp>

#include <algorithm>

#include <marea/io/error.hpp>
#include <marea/io/unknown_name.hpp>
#include <marea/io/where_of.hpp>
#include <marea/solvers/grid/decomposition.hpp>

namespace marea {
namespace {

/// One axis of the options, storage order z, y, x, or the one of members.
struct AxisOptions {
  std::string name;
  std::int64_t cells;
  std::array<double, 2> ends;
  std::array<std::string, 2> boundary;
};

std::vector<AxisOptions> used_axes(const GridOptions& o, const OptionTree& case_file) {
  if (o.members > 0)
    fail<ConfigError>(where_of(case_file, "grid.members"), "members = ", o.members,
                      " is for solvers without space; give nx, ny, nz alone");
  if (o.nx < 1) fail<ConfigError>(where_of(case_file, "grid.nx"), "nx = ", o.nx, " must be >= 1; give the cells along x");
  if (o.nz > 0 && o.ny < 1)
    fail<ConfigError>(where_of(case_file, "grid.nz"), "nz = ", o.nz, " needs ny >= 1; give the cells along y");
  std::vector<AxisOptions> axes;
  if (o.nz > 0) axes.push_back({"z", o.nz, o.z, o.boundary_z});
  if (o.ny > 0) axes.push_back({"y", o.ny, o.y, o.boundary_y});
  axes.push_back({"x", o.nx, o.x, o.boundary_x});
  return axes;
}

BoundaryKind boundary_kind(const AxisOptions& axis, int side, const std::vector<std::string>& other_kinds,
                           const OptionTree& case_file) {
  const std::string& name = axis.boundary[side];
  if (name == "periodic") return BoundaryKind::periodic;
  if (name == "wall") return BoundaryKind::wall;
  if (name == "open") return BoundaryKind::open;
  if (std::find(other_kinds.begin(), other_kinds.end(), name) != other_kinds.end()) return BoundaryKind::other;
  std::vector<std::string> known = boundary_names();
  known.insert(known.end(), other_kinds.begin(), other_kinds.end());
  const std::string key = std::string("boundary_") + axis.name;
  fail_unknown(where_of(case_file, "grid." + key + "[" + std::to_string(side) + "]"), key, name, known);
}

void check_axis(const AxisOptions& axis, int ghost, const OptionTree& case_file) {
  const auto where = [&](const char* key) { return where_of(case_file, std::string("grid.") + key + axis.name); };
  if (!(axis.ends[0] < axis.ends[1]))
    fail<ConfigError>(where(""), axis.name, " = [", axis.ends[0], ", ", axis.ends[1], "] must rise");
  if (axis.cells < ghost)
    fail<ConfigError>(where("n"), "n", axis.name, " = ", axis.cells, " must be >= ", ghost,
                      ", the ghost cells this solver needs at each end; use more cells");
  if ((axis.boundary[0] == "periodic") != (axis.boundary[1] == "periodic"))
    fail<ConfigError>(where("boundary_"), "boundary_", axis.name, " = ['", axis.boundary[0], "', '",
                      axis.boundary[1], "'] must be periodic at both ends or at neither");
}

std::shared_ptr<MPI_Comm> make_cartesian(MPI_Comm comm, const std::vector<int>& ranks,
                                         const std::vector<int>& periodic) {
  auto cartesian = std::shared_ptr<MPI_Comm>(new MPI_Comm(MPI_COMM_NULL), [](MPI_Comm* c) {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (!finalized && *c != MPI_COMM_NULL) MPI_Comm_free(c);
    delete c;
  });
  MPI_Cart_create(comm, static_cast<int>(ranks.size()), ranks.data(), periodic.data(), 0, cartesian.get());
  return cartesian;
}

std::vector<AxisOptions> member_axis(const GridOptions& o, const OptionTree& case_file, MPI_Comm comm) {
  const auto where = [&](const std::string& key) { return where_of(case_file, "grid." + key); };
  const std::pair<const char*, std::int64_t> space[] = {{"nx", o.nx}, {"ny", o.ny}, {"nz", o.nz}};
  for (const auto& [key, cells] : space)
    if (cells > 0) fail<ConfigError>(where(key), key, " = ", cells, " is for solvers with space; give members alone");
  if (o.members < 1)
    fail<ConfigError>(where("members"), "members = ", o.members, " must be >= 1; give the systems to run side by side");
  int size = 1;
  MPI_Comm_size(comm, &size);
  if (o.members < size)
    fail<ConfigError>(where("members"), "members = ", o.members, " must be >= ", size,
                      ", the ranks; use fewer ranks or more members");
  return {{"member", o.members, {-0.5, static_cast<double>(o.members) - 0.5}, {"open", "open"}}};
}

/// `case_file` is where `options` come from, for messages; it may be empty.
Grid build_grid(const GridOptions& options, const std::vector<AxisOptions>& axes, const OptionTree& case_file, int ghost,
                MPI_Comm comm, const std::vector<std::string>& other_kinds) {
  const int dimensions = static_cast<int>(axes.size());
  Grid grid;
  grid.options = options;
  grid.dimensions = dimensions;
  MPI_Comm_size(comm, &grid.size);

  std::vector<std::int64_t> cells;
  std::vector<int> periodic;
  for (const auto& axis : axes) {
    check_axis(axis, ghost, case_file);
    cells.push_back(axis.cells);
    periodic.push_back(axis.boundary[0] == "periodic");
  }
  const int narrowest = std::max(ghost, 1);
  std::vector<int> ranks = options.ranks;
  if (ranks.empty()) ranks = choose_ranks(grid.size, cells, narrowest);
  check_ranks(ranks, grid.size, cells, narrowest);

  for (auto& pair : grid.neighbour) pair = {MPI_PROC_NULL, MPI_PROC_NULL};
  for (auto& pair : grid.boundary) pair = {BoundaryKind::periodic, BoundaryKind::periodic};
  for (int a = 0; a < dimensions; ++a)
    for (int side = 0; side < 2; ++side)
      grid.boundary[3 - dimensions + a][side] = boundary_kind(axes[a], side, other_kinds, case_file);

  grid.comm = make_cartesian(comm, ranks, periodic);
  MPI_Comm_rank(*grid.comm, &grid.rank);
  std::vector<int> place(dimensions);
  MPI_Cart_coords(*grid.comm, grid.rank, dimensions, place.data());

  grid.info.comm = *grid.comm;
  grid.info.block.rank = dimensions;
  for (int a = 0; a < dimensions; ++a) {
    const int axis = 3 - dimensions + a;
    const CellRange part = part_of(cells[a], ranks[a], place[a]);
    Cells& c = grid.cells;
    c.ghost[axis] = ghost;
    c.begin[axis] = ghost;
    c.end[axis] = ghost + static_cast<int>(part.end - part.begin);
    c.offset[axis] = part.begin;
    c.global[axis] = cells[a];
    c.low[axis] = axes[a].ends[0];
    c.spacing[axis] = (axes[a].ends[1] - axes[a].ends[0]) / static_cast<double>(cells[a]);
    MPI_Cart_shift(*grid.comm, a, 1, &grid.neighbour[axis][0], &grid.neighbour[axis][1]);

    GridInfo& info = grid.info;
    info.block.global[a] = cells[a];
    info.block.offset[a] = part.begin;
    info.block.extent[a] = part.end - part.begin;
    info.axis_names.push_back(axes[a].name);
    info.spacing.push_back(c.spacing[axis]);
    info.boundary.push_back(axes[a].boundary);
    std::vector<double> centres(static_cast<std::size_t>(cells[a]));
    for (std::size_t i = 0; i < centres.size(); ++i)
      centres[i] = c.low[axis] + (static_cast<double>(i) + 0.5) * c.spacing[axis];
    info.centres.push_back(std::move(centres));
  }
  return grid;
}

GridOptions read_grid(const OptionTree& case_file) {
  GridOptions options;
  if (const OptionTree* table = case_file.find("grid")) read_options(options, *table, "grid");
  return options;
}

}  // namespace

Grid make_grid(const GridOptions& options, int ghost, MPI_Comm comm, const std::vector<std::string>& other_kinds) {
  return build_grid(options, used_axes(options, {}), {}, ghost, comm, other_kinds);
}

Grid make_grid(const OptionTree& case_file, int ghost, MPI_Comm comm, const std::vector<std::string>& other_kinds) {
  const GridOptions options = read_grid(case_file);
  return build_grid(options, used_axes(options, case_file), case_file, ghost, comm, other_kinds);
}

Grid make_member_grid(const OptionTree& case_file, MPI_Comm comm) {
  const GridOptions options = read_grid(case_file);
  Grid grid = build_grid(options, member_axis(options, case_file, comm), case_file, 0, comm, {});
  grid.info.length_unit = std::string("1");
  return grid;
}

}  // namespace marea
