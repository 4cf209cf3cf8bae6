import ArgumentParser

/// Silence on standard error.
struct QuietOption: ParsableArguments {
  @Flag(help: "Prints no progress and no messages.")
  var quiet = false

  /// New progress line that respects the option.
  var progress: ProgressLine { ProgressLine(quiet: quiet) }
}
