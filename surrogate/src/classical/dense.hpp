// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#pragma once
#include <optional>

#include <Eigen/Core>

#include <marea/io/host_array.hpp>

// Dense linear algebra of the classical models. Eigen's decompositions, slow to compile, stay in dense.cpp.
namespace marea::detail {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;
using RowsF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct SymmetricEigen {
  Vector values;   ///< falling
  Matrix vectors;  ///< one a column
};
SymmetricEigen symmetric_eigen(const Matrix& a);

/// x of a x = b, a symmetric and positive (LDLT).
Matrix solve_positive(const Matrix& a, const Matrix& b);
/// x of a x = b (LU with partial pivoting).
Matrix solve_general(const Matrix& a, const Matrix& b);
/// The lower triangular L of a = L L^T; nothing where a is not positive in this precision.
std::optional<Matrix> cholesky(const Matrix& a);
/// x of L L^T x = b.
Matrix cholesky_solve(const Matrix& lower, const Matrix& b);
/// x of L x = b.
Matrix lower_solve(const Matrix& lower, const Matrix& b);

/// a b^T of rows in single precision, summed in double.
Matrix inner_products(const RowsF& a, const RowsF& b);
/// a a^T likewise.
Matrix inner_products(const RowsF& a);

/// B of least |F B - A|^2 + ridge |samples| |B|^2, the first feature, a constant, unpenalised.
Matrix ridge_regression(const Matrix& features, const Matrix& targets, double ridge);

/// An f32 array of rank 2 as it lies.
Eigen::Map<const RowsF> rows(const HostArray& array);
/// A copy of an f64 array of rank 2.
Matrix matrix_of(const HostArray& array);
HostArray array_of(const Matrix& matrix);
HostArray array_of(const RowsF& matrix);

}  // namespace marea::detail
