// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include "dense.hpp"

#include <algorithm>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>

namespace marea::detail {

SymmetricEigen symmetric_eigen(const Matrix& a) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(a);
  return {solver.eigenvalues().reverse(), solver.eigenvectors().rowwise().reverse()};
}

Matrix solve_positive(const Matrix& a, const Matrix& b) { return a.ldlt().solve(b); }

Matrix solve_general(const Matrix& a, const Matrix& b) { return a.partialPivLu().solve(b); }

std::optional<Matrix> cholesky(const Matrix& a) {
  const Eigen::LLT<Matrix> factor(a);
  if (factor.info() != Eigen::Success) return {};
  return Matrix(factor.matrixL());
}

Matrix lower_solve(const Matrix& lower, const Matrix& b) { return lower.triangularView<Eigen::Lower>().solve(b); }

Matrix cholesky_solve(const Matrix& lower, const Matrix& b) {
  return lower.transpose().triangularView<Eigen::Upper>().solve(lower_solve(lower, b));
}

Matrix inner_products(const RowsF& a, const RowsF& b) {
  Matrix products(a.rows(), b.rows());
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < b.rows(); ++j) products(i, j) = a.row(i).cast<double>().dot(b.row(j).cast<double>());
  return products;
}

Matrix inner_products(const RowsF& a) {
  Matrix products(a.rows(), a.rows());
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j <= i; ++j)
      products(i, j) = products(j, i) = a.row(i).cast<double>().dot(a.row(j).cast<double>());
  return products;
}

Matrix ridge_regression(const Matrix& features, const Matrix& targets, double ridge) {
  Matrix normal = features.transpose() * features;
  const double penalty = ridge * static_cast<double>(features.rows());
  for (Eigen::Index i = 1; i < normal.rows(); ++i) normal(i, i) += penalty;
  return solve_positive(normal, features.transpose() * targets);
}

Eigen::Map<const RowsF> rows(const HostArray& array) {
  return {array.values<float>().data(), array.extents()[0], array.extents()[1]};
}

Matrix matrix_of(const HostArray& array) {
  return Eigen::Map<const Matrix>(array.values<double>().data(), array.extents()[0], array.extents()[1]);
}

HostArray array_of(const Matrix& matrix) {
  HostArray array(DType::f64, {matrix.rows(), matrix.cols()});
  std::copy_n(matrix.data(), matrix.size(), array.values<double>().begin());
  return array;
}

HostArray array_of(const RowsF& matrix) {
  HostArray array(DType::f32, {matrix.rows(), matrix.cols()});
  std::copy_n(matrix.data(), matrix.size(), array.values<float>().begin());
  return array;
}

}  // namespace marea::detail
