import Statistics

/// Linear discriminant (Fisher 1936) with one covariance for all domains: the mean of the domains' shrunk covariances.
/// All domains are equally likely beforehand, whatever their number of texts.
///
/// It is scikit-learn's `LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")` with equal priors.
package struct ShrunkDiscriminant: Sendable {
  /// `[domain][column]`, and the constant of each domain; NaN for a domain without texts.
  package let coefficients: [[Double]]
  package let intercepts: [Double]
  private let width: Int

  /// - Parameters:
  ///   - profiles: table of the texts.
  ///   - domainOf: domain of each text of the table.
  ///   - rows: texts to learn from.
  package init(_ profiles: GroupedProfiles, domainOf: [Int], rows: [Int]) {
    let width = profiles.width
    self.width = width
    var members = Array(repeating: [Int](), count: profiles.domains)
    for row in rows { members[domainOf[row]].append(row) }
    let found = members.indices.filter { !members[$0].isEmpty }
    var covariance = Array(repeating: 0.0, count: width * width)
    var means: [[Double]] = []
    for domain in found {
      let shrunk = ShrunkCovariance(profiles.values, width: width, rows: members[domain])
      means.append(shrunk.mean)
      for index in covariance.indices { covariance[index] += shrunk.matrix[index] / Double(found.count) }
    }
    let solved = Self.solve(covariance, means, width: width)
    var coefficients = Array(repeating: Array(repeating: 0.0, count: width), count: profiles.domains)
    var intercepts = Array(repeating: Double.nan, count: profiles.domains)
    for (place, domain) in found.enumerated() {
      coefficients[domain] = solved[place]
      intercepts[domain] = -0.5 * zip(solved[place], means[place]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    (self.coefficients, self.intercepts) = (coefficients, intercepts)
  }

  /// Returns the domain of the largest score of a text, the first of equal ones.
  package func call(_ values: [Double], row: Int) -> Int {
    values.withUnsafeBufferPointer { values in
      var best = (domain: 0, score: -Double.infinity)
      for domain in intercepts.indices {
        var score = intercepts[domain]
        coefficients[domain].withUnsafeBufferPointer { own in
          for column in 0..<width { score += own[column] * values[row * width + column] }
        }
        if score > best.score { best = (domain, score) }
      }
      return best.domain
    }
  }

  /// Returns the means times the inverse of the covariance.
  private static func solve(_ covariance: [Double], _ means: [[Double]], width: Int) -> [[Double]] {
    let columns = 0..<width
    // A column without scatter in any domain cannot be weighed, and gets no weight.
    let unknown = columns.filter { covariance[$0 * width + $0] <= 0 }
    let largest = columns.map { covariance[$0 * width + $0] }.max() ?? 0
    // Without a ridge, unless rounding or copies of a column leave no positive definite matrix.
    for ridge in [0, 1e-12, 1e-9, 1e-6] {
      var matrix = covariance
      var right = Array(means.joined())
      for column in columns { matrix[column * width + column] += ridge * largest }
      for column in unknown {
        matrix[column * width + column] = 1
        for place in means.indices { right[place * width + column] = 0 }
      }
      do {
        try matrix.withUnsafeMutableBufferPointer { matrix in
          try right.withUnsafeMutableBufferPointer { right in
            guard let matrix = matrix.baseAddress, let right = right.baseAddress else { return }
            try PositiveDefinite.solve(matrix, right, count: width, columns: means.count)
          }
        }
        return means.indices.map { Array(right[$0 * width..<($0 + 1) * width]) }
      } catch { continue }
    }
    return means.map { $0.map { _ in 0 } }
  }
}
