// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <marea/solvers/grid/boundary.hpp>
#include <marea/solvers/grid/decomposition.hpp>
#include <marea/solvers/grid/describe.hpp>
#include <marea/solvers/grid/halo_exchange.hpp>
#include <marea/solvers/grid/reduce.hpp>
#include <marea/solvers/numerics/methods/etdrk4.hpp>
#include <marea/solvers/numerics/methods/ssp_runge_kutta.hpp>

#include "support/small_solver.hpp"

// One small solver for each kind of state that the interface must carry besides arrays over cells.
namespace marea::test {

template <class View> auto host_copy(const View& view) {
  const auto host = Kokkos::create_mirror(Kokkos::HostSpace(), view);
  Kokkos::deep_copy(host, view);
  return host;
}

/// Burgers' equation u_t + u u_x = nu u_xx on [0, 2 pi) by its Fourier coefficients k = 0 … modes - 1, divided over the
/// ranks in a way of their own. A cell's value is the truncated series at its centre.
class SpectralBurgers final : public SmallSolver {
 public:
  using Complex = Kokkos::complex<double>;
  using State = Kokkos::View<Complex*, Device::memory_space>;
  static constexpr std::int64_t modes = 21;
  static constexpr double viscosity = 0.25;

  explicit SpectralBurgers(MPI_Comm comm)
      : SmallSolver("spectral_burgers", periodic(comm), {{.name = "u", .cell_value = CellValue::truncation}}),
        part_(part_of(modes, grid_.size, grid_.rank)), u_("u_hat", size()), linear_("linear", size()),
        stepper_(equations_) {
    const auto u = host_copy(u_);
    const auto linear = host_copy(linear_);
    for (std::int64_t n = 0; n < size(); ++n) {
      const auto k = static_cast<double>(part_.begin + n);
      linear(n) = -viscosity * k * k;
      if (part_.begin + n == 1) u(n) = Complex(0, -0.5);  // sin x
    }
    Kokkos::deep_copy(u_, u);
    Kokkos::deep_copy(linear_, linear);
  }

  /// What ETDRK4 asks.
  struct Equations {
    using State = SpectralBurgers::State;
    const SpectralBurgers* of;
    const State& state() const { return of->u_; }
    State make_like(const std::string& label) const { return State(label, of->size()); }
    template <class F> void for_each(const std::string& label, const F& f) const {
      for_each_element(label, of->size(), f);
    }
    const Kokkos::View<double*, Device::memory_space>& linear() const { return of->linear_; }
    void nonlinear(const State& u, double, const State& out) const {
      const std::vector<Complex> all = of->series(u);
      const auto host = host_copy(out);
      for (std::int64_t n = 0; n < of->size(); ++n) {
        const std::int64_t k = of->part_.begin + n;
        Complex sum = 0;  // of the products of all pairs of modes whose numbers add up to k
        for (std::int64_t p = k - modes + 1; p < modes; ++p) sum += mode(all, p) * mode(all, k - p);
        host(n) = Complex(0, -0.5 * static_cast<double>(k)) * sum;
      }
      Kokkos::deep_copy(out, host);
    }
  };

  double stable_dt() override { return 0.02; }
  void step(double dt) override {
    check_time_step(name(), dt);
    stepper_.step(equations_, time_, dt);
    time_ += dt;
    ++steps_;
  }
  void read(std::string_view field, const ArrayRef& out) override {
    index_of(field);
    const std::vector<Complex> all = series(u_);
    std::vector<double> values;
    for (std::int64_t i = 0; i < grid_.info.block.extent[0]; ++i) {
      const double x = grid_.info.centres[0][grid_.info.block.offset[0] + i];
      double sum = all[0].real();
      for (std::int64_t k = 1; k < modes; ++k) {
        const auto number = static_cast<double>(k);
        sum += 2 * (all[k].real() * std::cos(number * x) - all[k].imag() * std::sin(number * x));
      }
      values.push_back(sum);
    }
    put(values, out);
  }
  void write(std::span<const NamedArray> fields) override {
    for (const NamedArray& field : fields) {
      index_of(field.name);
      const Block& b = grid_.info.block;
      const std::vector<double> all = gather(values_of(field.array), b.offset[0], b.global[0]);
      const auto host = host_copy(u_);
      for (std::int64_t n = 0; n < size(); ++n) {
        Complex sum = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
          const double phase = static_cast<double>(part_.begin + n) * grid_.info.centres[0][i];
          sum += all[i] * Complex(std::cos(phase), -std::sin(phase));
        }
        host(n) = sum / static_cast<double>(all.size());
      }
      Kokkos::deep_copy(u_, host);
    }
  }
  std::vector<RestartPiece> restart_pieces() const override {
    return {{"u_hat", DType::f64, {.rank = 1, .global = {modes}, .offset = {part_.begin}, .extent = {size()}}, {2}}};
  }
  void read_restart(std::string_view, const ArrayRef& out) override {
    const auto host = host_copy(u_);
    std::vector<double> values;
    for (std::int64_t n = 0; n < size(); ++n) values.insert(values.end(), {host(n).real(), host(n).imag()});
    put(values, out);
  }
  void write_restart(std::string_view, const ArrayRef& in) override {
    const std::vector<double> values = values_of(in);
    const auto host = host_copy(u_);
    for (std::int64_t n = 0; n < size(); ++n) host(n) = Complex(values[2 * n], values[2 * n + 1]);
    Kokkos::deep_copy(u_, host);
  }
  std::vector<NamedScalar> invariants() override { return {{"mean", series(u_)[0].real(), "1"}}; }

 private:
  static Grid periodic(MPI_Comm comm) {
    GridOptions options;
    options.nx = 48;
    options.x = {0, 2 * std::numbers::pi};
    return make_grid(options, 0, comm);
  }
  std::int64_t size() const { return part_.end - part_.begin; }
  static Complex mode(const std::vector<Complex>& all, std::int64_t k) {
    return k < 0 ? Kokkos::conj(all[-k]) : all[k];
  }
  /// All coefficients on every rank.
  std::vector<Complex> series(const State& u) const {
    const auto host = host_copy(u);
    std::vector<double> parts;
    for (std::int64_t n = 0; n < size(); ++n) parts.insert(parts.end(), {host(n).real(), host(n).imag()});
    const std::vector<double> whole = gather(parts, 2 * part_.begin, 2 * modes);
    std::vector<Complex> all;
    for (std::int64_t k = 0; k < modes; ++k) all.emplace_back(whole[2 * k], whole[2 * k + 1]);
    return all;
  }

  CellRange part_;
  State u_;
  Kokkos::View<double*, Device::memory_space> linear_;
  Equations equations_{this};
  Etdrk4::Stepper<Equations> stepper_;
};

/// One sweep of Jacobi's iteration for -u'' = 1 with u = 0 at both walls, and its largest change.
struct Relax {
  StateView<double> u, out;
  double square;  ///< of the cell's width
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    out(0, k, j, i) = 0.5 * (u(0, k, j, i - 1) + u(0, k, j, i + 1) + square);
  }
};
struct Change {
  StateView<double> u, out;
  KOKKOS_INLINE_FUNCTION double operator()(int k, int j, int i) const {
    return std::fabs(out(0, k, j, i) - u(0, k, j, i));
  }
};
/// The steady temperature of a heated rod: a step of any length relaxes the present guess until nothing moves.
class SteadyRod final : public SmallSolver {
 public:
  explicit SteadyRod(MPI_Comm comm)
      : SmallSolver("steady_rod", walls(comm), {{.name = "u", .cell_value = CellValue::sample}}),
        u_(make_state<double>("u", grid_, 1)), out_(make_state<double>("out", grid_, 1)), halo_(grid_, 1) {}

  bool steady() const override { return true; }
  double stable_dt() override { return std::numeric_limits<double>::infinity(); }
  std::int64_t sweeps() const { return sweeps_; }  ///< of the last step
  void step(double dt) override {
    check_time_step(name(), dt);
    const double dx = grid_.dx();
    double change = 1;
    for (sweeps_ = 0; change > 1e-13; ++sweeps_) {
      fill_ghosts();
      for_each_cell("steady_rod.relax", grid_.cells, Relax{u_, out_, dx * dx});
      change = max_over_ranks(grid_, local_max("steady_rod.change", grid_.cells, Change{u_, out_}));
      std::swap(u_, out_);
    }
    time_ += dt;
    ++steps_;
  }
  void read(std::string_view field, const ArrayRef& out) override {
    index_of(field);
    const auto host = host_copy(u_);
    const Cells& c = grid_.cells;
    std::vector<double> values;
    for (int i = c.begin[2]; i < c.end[2]; ++i) values.push_back(host(0, 0, 0, i));
    put(values, out);
  }
  void write(std::span<const NamedArray> fields) override {
    for (const NamedArray& field : fields) {
      index_of(field.name);
      const std::vector<double> values = values_of(field.array);
      const auto host = host_copy(u_);
      for (std::size_t n = 0; n < values.size(); ++n) host(0, 0, 0, grid_.cells.begin[2] + n) = values[n];
      Kokkos::deep_copy(u_, host);
    }
  }
  std::vector<RestartPiece> restart_pieces() const override { return {{"u", DType::f64, grid_.info.block}}; }
  void read_restart(std::string_view piece, const ArrayRef& out) override { read(piece, out); }
  void write_restart(std::string_view piece, const ArrayRef& in) override {
    const NamedArray one{std::string(piece), in};
    write({&one, 1});
  }

 private:
  static Grid walls(MPI_Comm comm) {
    GridOptions options;
    options.nx = 16;
    options.boundary_x = {"wall", "wall"};
    return make_grid(options, 1, comm);
  }
  /// u = 0 in the walls: odd in them.
  void fill_ghosts() {
    halo_.exchange(u_);
    for (int end = 0; end < 2; ++end) {
      if (!grid_.at_boundary(2, end)) continue;
      fill_wall(grid_.cells, u_, {2, end}, Reflection{{0, 0, 1}});
    }
  }

  StateView<double> u_, out_;
  HaloExchange<double> halo_;
  std::int64_t sweeps_ = 0;
};

/// Right-hand side of Lorenz's equations, sigma = 10, rho = 28, beta = 8 / 3.
/// Source: E. N. Lorenz (1963), doi:10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2.
struct LorenzRate {
  StateView<double> u, out;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    const double x = u(0, k, j, i), y = u(1, k, j, i), z = u(2, k, j, i);
    out(0, k, j, i) = 10 * (y - x);
    out(1, k, j, i) = x * (28 - z) - y;
    out(2, k, j, i) = x * y - 8 * z / 3;
  }
};

/// Members without space: systems of Lorenz, the m-th from (1 + m / 10, 1, 1).
class LorenzMembers final : public SmallSolver {
 public:
  using State = StateView<double>;
  LorenzMembers(const OptionTree& case_file, MPI_Comm comm)
      : SmallSolver("lorenz", make_member_grid(case_file, comm),
                    {{.name = "x", .cell_value = CellValue::sample},
                     {.name = "y", .cell_value = CellValue::sample},
                     {.name = "z", .cell_value = CellValue::sample}}),
        u_(make_state<double>("u", grid_, 3)), stepper_(equations_) {
    const auto host = host_copy(u_);
    for (std::int64_t m = 0; m < grid_.info.block.extent[0]; ++m) {
      host(0, 0, 0, m) = 1 + grid_.cells.x(static_cast<int>(m)) / 10;
      host(1, 0, 0, m) = host(2, 0, 0, m) = 1;
    }
    Kokkos::deep_copy(u_, host);
  }

  /// What SSP Runge-Kutta asks.
  struct Equations {
    using State = LorenzMembers::State;
    const LorenzMembers* of;
    const State& state() const { return of->u_; }
    State make_like(const std::string& label) const { return make_state<double>(label, of->grid_, 3); }
    template <class F> void for_each(const std::string& label, const F& f) const {
      for_each_interior_element(label, of->grid_.cells, of->u_, f);
    }
    void tendency(const State& u, double, const State& out) const {
      for_each_cell("lorenz.rate", of->grid_.cells, LorenzRate{u, out});
    }
  };

  ArrayRef state() override { return describe_interior(u_, grid_); }
  std::shared_ptr<const void> hold_state() override { return std::make_shared<char>(); }
  double stable_dt() override { return 0.001; }
  void step(double dt) override {
    check_time_step(name(), dt);
    stepper_.step(equations_, time_, dt);
    time_ += dt;
    ++steps_;
  }
  void read(std::string_view field, const ArrayRef& out) override {
    copy_array(state()[static_cast<std::int64_t>(index_of(field))], out);
  }
  void write(std::span<const NamedArray> fields) override {
    for (const NamedArray& f : fields) copy_array(f.array, state()[static_cast<std::int64_t>(index_of(f.name))]);
  }
  std::vector<RestartPiece> restart_pieces() const override {
    std::vector<RestartPiece> pieces;
    for (const FieldInfo& field : fields()) pieces.push_back({field.name, DType::f64, grid_.info.block});
    return pieces;
  }
  void read_restart(std::string_view piece, const ArrayRef& out) override { read(piece, out); }
  void write_restart(std::string_view piece, const ArrayRef& in) override {
    const NamedArray one{std::string(piece), in};
    write({&one, 1});
  }

 private:
  State u_;
  Equations equations_{this};
  SspRk3::Stepper<Equations> stepper_;
};

/// p of a cell from the velocity of its faces, the velocity of its low face from both p.
struct PressureKick {
  StateView<double> q;
  double courant;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    q(0, k, j, i) -= courant * (q(1, k, j, i + 1) - q(1, k, j, i));
  }
};
struct VelocityKick {
  StateView<double> q;
  double courant;
  KOKKOS_INLINE_FUNCTION void operator()(int k, int j, int i) const {
    q(1, k, j, i) -= courant * (q(0, k, j, i) - q(0, k, j, i - 1));
  }
};

/// Sound in a pipe, p_t = -u_x and u_t = -p_x: p in the cells, u on their faces, one more than cells. A wall at the low
/// end; at the high end sound leaves, u = p. A cell's u is the mean of its faces.
class StaggeredPipe final : public SmallSolver {
 public:
  explicit StaggeredPipe(MPI_Comm comm)
      : SmallSolver("staggered_pipe", pipe(comm), {{.name = "p"}, {.name = "u"}}),
        q_(make_state<double>("q", grid_, 2)), halo_(grid_, 2) {
    const auto host = host_copy(q_);
    for (int i = grid_.cells.begin[2]; i < grid_.cells.end[2]; ++i)
      host(0, 0, 0, i) = std::exp(-100 * (grid_.cells.x(i) - 0.6) * (grid_.cells.x(i) - 0.6));
    Kokkos::deep_copy(q_, host);
  }

  double stable_dt() override { return 0.9 * grid_.dx(); }
  void step(double dt) override {
    check_time_step(name(), dt);
    const double courant = dt / grid_.dx();
    Cells own = grid_.cells;
    exchange();
    for_each_cell("pipe.pressure", own, PressureKick{q_, courant});
    exchange();
    if (grid_.at_boundary(2, 0)) ++own.begin[2];  // the wall's face stays at 0
    for_each_cell("pipe.velocity", own, VelocityKick{q_, courant});
    if (grid_.at_boundary(2, 1)) {
      const int last = grid_.cells.end[2];
      const auto high = Kokkos::subview(q_, 1, 0, 0, last);
      Kokkos::deep_copy(high, Kokkos::subview(q_, 0, 0, 0, last - 1));
    }
    time_ += dt;
    ++steps_;
  }
  void read(std::string_view field, const ArrayRef& out) override {
    const std::size_t n = index_of(field);
    exchange();
    const auto host = host_copy(q_);
    std::vector<double> values;
    for (int i = grid_.cells.begin[2]; i < grid_.cells.end[2]; ++i)
      values.push_back(n == 0 ? host(0, 0, 0, i) : 0.5 * (host(1, 0, 0, i) + host(1, 0, 0, i + 1)));
    put(values, out);
  }
  /// p alone: faces cannot be had from means of cells.
  void write(std::span<const NamedArray> fields) override {
    for (const NamedArray& field : fields) {
      if (field.name != "p") fail<ConfigError>(name(), "cannot set the state from '", field.name, "'; give p");
      write_restart("p", field.array);
    }
  }
  std::vector<RestartPiece> restart_pieces() const override {
    Block faces = grid_.info.block;
    ++faces.global[0];
    if (grid_.at_boundary(2, 1)) ++faces.extent[0];
    return {{"p", DType::f64, grid_.info.block}, {"u_face_x", DType::f64, faces}};
  }
  void read_restart(std::string_view piece, const ArrayRef& out) override {
    const auto host = host_copy(q_);
    std::vector<double> values;
    const int variable = piece == "p" ? 0 : 1, first = grid_.cells.begin[2];
    for (std::int64_t n = 0; n < out.extent[0]; ++n) values.push_back(host(variable, 0, 0, first + n));
    put(values, out);
  }
  void write_restart(std::string_view piece, const ArrayRef& in) override {
    const std::vector<double> values = values_of(in);
    const auto host = host_copy(q_);
    const int variable = piece == "p" ? 0 : 1, first = grid_.cells.begin[2];
    for (std::size_t n = 0; n < values.size(); ++n) host(variable, 0, 0, first + n) = values[n];
    Kokkos::deep_copy(q_, host);
  }

 private:
  static Grid pipe(MPI_Comm comm) {
    GridOptions options;
    options.nx = 40;
    options.boundary_x = {"wall", "open"};
    return make_grid(options, 1, comm);
  }
  /// Low faces of the neighbour's first cell, its p; the pipe's high face is nobody else's and stays.
  void exchange() { halo_.exchange(q_); }

  StateView<double> q_;
  HaloExchange<double> halo_;
};

}  // namespace marea::test
