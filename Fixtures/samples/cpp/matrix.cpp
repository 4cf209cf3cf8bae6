#include <cassert>
#include <cstddef>
#include <vector>

// Dense row-major matrix. The product walks the inner loop along rows of both operands, so that each cache line
// that is fetched is used to its end.
class Matrix {
 public:
  Matrix(std::size_t rows, std::size_t columns) : rows_(rows), columns_(columns), values_(rows * columns) {}

  double& operator()(std::size_t row, std::size_t column) { return values_[row * columns_ + column]; }
  double operator()(std::size_t row, std::size_t column) const { return values_[row * columns_ + column]; }

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }

  friend Matrix operator*(const Matrix& a, const Matrix& b) {
    assert(a.columns_ == b.rows_);
    Matrix product(a.rows_, b.columns_);
    for (std::size_t i = 0; i < a.rows_; ++i) {
      for (std::size_t k = 0; k < a.columns_; ++k) {
        const double scale = a(i, k);
        for (std::size_t j = 0; j < b.columns_; ++j) {
          product(i, j) += scale * b(k, j);
        }
      }
    }
    return product;
  }

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::vector<double> values_;
};

Matrix identity(std::size_t n) {
  Matrix result(n, n);
  for (std::size_t i = 0; i < n; ++i) result(i, i) = 1.0;
  return result;
}
