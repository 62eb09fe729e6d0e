package io.hfeco2ai.edge.mlflow.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** @param nextToken null: that was all */
public record Paged<T>(List<T> items, @Nullable String nextToken) {

    /** @param oneMore what was found, asked for with one more than the page holds */
    public static <T> Paged<T> of(List<T> oneMore, PageToken page) {
        boolean more = oneMore.size() > page.size();
        return new Paged<>(more ? oneMore.subList(0, page.size()) : oneMore, more ? page.next() : null);
    }
}
