import ArgumentParser

/// Choice of the files that derive from a run.
struct ReportOption: ParsableArguments {
  @Flag(
    help:
      "Does not compare the domains, and writes no report.html and no comparison.csv, shape.csv or identification.csv.")
  var noReport = false
}
