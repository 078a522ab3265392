// Compares two videos: dotnet run --project Example A.mp4 B.mp4 [http://127.0.0.1:8080]
using System.Globalization;
using Grpc.Core;
using Sage.Client;
using Sage.Compare.V1;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: Example A.mp4 B.mp4 [http://127.0.0.1:8080]");
    return 2;
}
var server = args.Length > 2 ? args[2] : "http://127.0.0.1:8080";
using var sage = new SageClient(server, Environment.GetEnvironmentVariable("TWELVELABS_API_KEY") ?? "");
try
{
    var videos = new List<string>();
    foreach (var path in args.Take(2))
    {
        var video = await sage.UploadAsync(
            path, (sent, size) => Console.WriteLine($"{path}: uploaded {100 * sent / size} %"));
        videos.Add(video.Name);
    }
    await sage.EmbedVideosAsync(videos, task =>
        Console.WriteLine($"{task.VideoDisplayName}: {task.Stage} {100 * task.Progress:F0} %"));
    var request = new CompareVideosRequest { A = videos[0], B = videos[1] };
    await foreach (var message in sage.CompareVideosAsync(request))
    {
        if (message.Region is { } region && region.Kind != RegionKind.Unchanged)
        {
            Console.WriteLine(
                $"{region.Kind.ToString().ToLowerInvariant()}: A {region.AStart:F3}-{region.AEnd:F3} s, "
                + $"B {region.BStart:F3}-{region.BEnd:F3} s");
        }
        if (message.Summary is { } summary)
        {
            Console.WriteLine($"{summary.DifferenceCount} differences");
        }
    }
    return 0;
}
catch (RpcException error)
{
    Console.Error.WriteLine(error.Status.Detail);
    return 1;
}
