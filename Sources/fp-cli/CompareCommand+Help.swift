import ArgumentParser

extension CompareCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Tests at which blocks domains differ or are equivalent.",
    discussion: """
      Compares the domains of a run, each with each, or those of two runs that have the same name: two models, revisions \
      or precisions. Two runs must have the same blocks. Where they hold the same texts these are paired; where each \
      has texts that the other has not, --unpaired is needed. Copies of a text count once. More than two runs are taken in \
      their order, such as checkpoints of one training: each is compared with the first, and the change of a text per run is \
      tested.

      Prints for each metric and pair how many blocks have which verdict. Of a test: different, negligible, equivalent or \
      inconclusive. Where nothing could be tested: identical, constant, too few values, too few groups or lengths hardly overlap. \
      Beside g, which measures how far texts are apart, stands the ratio of the means, which measures size. The run's own full \
      comparison (all metrics and scopes, no other option) is comparison.csv in its folder; any other has a file of its \
      own in the folder comparisons there, named by a hash of its settings. docs/statistics.md explains every number.

      EXAMPLES
        fp-cli compare run
        fp-cli compare run --metric block_influence --metric abs_mean --log
        fp-cli compare run --pool code=cpp,python --pool prose=legal,bills
        fp-cli compare run-base run-chat --output base-and-chat
        fp-cli compare run-float32 run-bfloat16 --equivalence-bound 5%
        fp-cli compare step-1000 step-2000 step-3000 --metric abs_mean
        fp-cli compare run --plan 2% --plan 5% --metric abs_mean
        fp-cli compare run --format json > comparison.json
      """)
}
