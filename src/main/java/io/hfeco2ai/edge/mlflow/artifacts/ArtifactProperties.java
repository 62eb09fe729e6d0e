package io.hfeco2ai.edge.mlflow.artifacts;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where artifacts are kept and how much of them.
 *
 * @param folder by default in the data folder: application.properties says so, as only there another property can be named
 * @param largest of one file
 * @param keepFree what stays free on the disk, which the books are on too
 */
@ConfigurationProperties("hfeco2ai.mlflow.artifacts")
record ArtifactProperties(
        Path folder,
        @DefaultValue("1GB") DataSize largest,
        @DefaultValue("1GB") DataSize keepFree) {}
