/// Summary of a domain's values in a column, so that they need not be read again for it.
package struct ColumnSummary {
  package let moments: SampleMoments
  /// The first distinct values, as many as needed to decide whether the column can be tested.
  package let distinct: [Double]

  package init(_ values: ArraySlice<Double>) {
    moments = SampleMoments(values)
    distinct = Verdict.distinct(values)
  }
}

/// Summary of the differences of a pair's texts.
package struct DifferenceSummary {
  package let moments: SampleMoments
  package let areAllZero: Bool

  package init(_ values: ArraySlice<Double>) {
    moments = SampleMoments(values)
    areAllZero = !values.isEmpty && values.allSatisfy { $0 == 0 }
  }
}
