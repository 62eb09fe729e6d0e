package io.hfeco2ai.edge.mlflow.search;

import io.hfeco2ai.platform.BadInput;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** @param skip how many came before */
public record PageToken(long skip, int size) {

    public static final int LARGEST = 50_000;
    private static final String PREFIX = "from:";

    /**
     * @param wanted how many, null: as usual
     * @param token of the answer before, null: the first page
     */
    public static PageToken of(@Nullable Long wanted, @Nullable String token, int usual, int largest) {
        if (wanted != null && (wanted < 1 || wanted > largest)) {
            throw new BadInput(
                    "max_results",
                    "Invalid value " + wanted + " for parameter 'max_results' supplied: it must be from 1 to " + largest
                            + ".");
        }
        return new PageToken(skip(token), wanted == null ? usual : wanted.intValue());
    }

    private static long skip(@Nullable String token) {
        if (token == null) {
            return 0;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            long skip = text.startsWith(PREFIX) ? Long.parseLong(text.substring(PREFIX.length())) : -1;
            if (skip > 0) {
                return skip;
            }
        } catch (IllegalArgumentException notOurs) {
            throw invalid();
        }
        throw invalid();
    }

    private static BadInput invalid() {
        return new BadInput(
                "page_token", "Invalid page token; send the next_page_token of the answer before, or none.");
    }

    String next() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((PREFIX + (skip + size)).getBytes(StandardCharsets.UTF_8));
    }
}
