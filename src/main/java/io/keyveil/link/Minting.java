package io.keyveil.link;

import io.keyveil.file.FieldProblem;
import java.util.List;
import java.util.function.Function;

/** What became of a wish for links: all of them, or none. */
public sealed interface Minting {
  <R> R match(Function<List<Minted>, R> minted, Function<List<FieldProblem>, R> refused);

  /**
   * A new link with its secret, which nobody can read again.
   *
   * @param link the link
   * @param token its secret
   */
  record Minted(Link link, LinkToken token) {}

  /** They are minted, in the order of the wishes. */
  record Done(List<Minted> links) implements Minting {
    public Done {
      links = List.copyOf(links);
    }

    @Override
    public <R> R match(Function<List<Minted>, R> minted, Function<List<FieldProblem>, R> refused) {
      return minted.apply(links);
    }
  }

  /** None is: a file is not to be had. */
  record Refused(List<FieldProblem> problems) implements Minting {
    public Refused {
      problems = List.copyOf(problems);
    }

    @Override
    public <R> R match(Function<List<Minted>, R> minted, Function<List<FieldProblem>, R> refused) {
      return refused.apply(problems);
    }
  }
}
