/// What is known of a domain's values in a column, so that they need not be read again for it.
struct ColumnSummary {
  let moments: SampleMoments
  /// The first that are distinct, as many as tell whether there are enough to test.
  let distinct: [Double]

  init(_ values: some Sequence<Double>) {
    moments = SampleMoments(values)
    distinct = Verdict.distinct(values)
  }
}

/// The same of the differences of a pair's texts.
struct DifferenceSummary {
  let moments: SampleMoments
  let areAllZero: Bool

  init(_ values: some Collection<Double>) {
    moments = SampleMoments(values)
    areAllZero = !values.isEmpty && values.allSatisfy { $0 == 0 }
  }
}
