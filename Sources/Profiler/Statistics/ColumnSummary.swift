/// Summary of a domain's values in a column, so that they need not be read again for it.
struct ColumnSummary {
  let moments: SampleMoments
  /// The first distinct values, as many as needed to decide whether the column can be tested.
  let distinct: [Double]

  init(_ values: some Sequence<Double>) {
    moments = SampleMoments(values)
    distinct = Verdict.distinct(values)
  }
}

/// Summary of the differences of a pair's texts.
struct DifferenceSummary {
  let moments: SampleMoments
  let areAllZero: Bool

  init(_ values: some Collection<Double>) {
    moments = SampleMoments(values)
    areAllZero = !values.isEmpty && values.allSatisfy { $0 == 0 }
  }
}
