using MudBlazor;

namespace Portal.Web.Layout;

/// <summary>The colours of <c>wwwroot/css/tokens.css</c> as a MudBlazor theme, so that its parts match ours.</summary>
public static class PortalTheme
{
    static readonly string[] Sans = ["Inter Variable", "Inter", "system-ui", "sans-serif"];

    /// <summary>The one theme; light or dark is chosen by the provider.</summary>
    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#2f5bd7", PrimaryContrastText = "#ffffff",
            Secondary = "#5b6472", SecondaryContrastText = "#ffffff",
            Info = "#0e8a9c", Success = "#187746", Warning = "#8a5c00", Error = "#c2332b",
            Background = "#f6f7f9", BackgroundGray = "#f6f7f9", Surface = "#ffffff",
            AppbarBackground = "#ffffff", AppbarText = "#14181f",
            DrawerBackground = "#ffffff", DrawerText = "#14181f", DrawerIcon = "#5b6472",
            TextPrimary = "#14181f", TextSecondary = "#5b6472", TextDisabled = "#667080",
            ActionDefault = "#5b6472", ActionDisabled = "#667080", ActionDisabledBackground = "#edf0f3",
            LinesDefault = "#e3e6ea", LinesInputs = "#c6ccd4", Divider = "#e3e6ea", DividerLight = "#e3e6ea",
            TableLines = "#e3e6ea", TableHover = "#f6f7f9", Skeleton = "#edf0f3",
            OverlayDark = "rgba(20,24,31,0.35)",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#86a8ff", PrimaryContrastText = "#0f1318",
            Secondary = "#9aa5b4", SecondaryContrastText = "#0f1318",
            Info = "#4fc3d4", InfoContrastText = "#0f1318", Success = "#5ccb8f", SuccessContrastText = "#0f1318",
            Warning = "#e3b341", WarningContrastText = "#0f1318", Error = "#ff8077", ErrorContrastText = "#0f1318",
            Background = "#0f1318", BackgroundGray = "#0f1318", Surface = "#161b22",
            AppbarBackground = "#161b22", AppbarText = "#e7ebf0",
            DrawerBackground = "#161b22", DrawerText = "#e7ebf0", DrawerIcon = "#9aa5b4",
            TextPrimary = "#e7ebf0", TextSecondary = "#9aa5b4", TextDisabled = "#8590a0",
            ActionDefault = "#9aa5b4", ActionDisabled = "#8590a0", ActionDisabledBackground = "#222934",
            LinesDefault = "#2a313c", LinesInputs = "#434d5b", Divider = "#2a313c", DividerLight = "#2a313c",
            TableLines = "#2a313c", TableHover = "#1b212a", Skeleton = "#222934",
            OverlayDark = "rgba(0,0,0,0.55)",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Sans, FontSize = "14px", LineHeight = "20px", LetterSpacing = "0" },
            H6 = new H6Typography { FontFamily = Sans, FontSize = "16px", LineHeight = "24px", FontWeight = "600", LetterSpacing = "0" },
            Body1 = new Body1Typography { FontFamily = Sans, FontSize = "14px", LineHeight = "20px", LetterSpacing = "0" },
            Body2 = new Body2Typography { FontFamily = Sans, FontSize = "13px", LineHeight = "20px", LetterSpacing = "0" },
            Button = new ButtonTypography { FontFamily = Sans, FontSize = "14px", LineHeight = "20px", FontWeight = "600", LetterSpacing = "0", TextTransform = "none" },
            Caption = new CaptionTypography { FontFamily = Sans, FontSize = "12px", LineHeight = "16px", LetterSpacing = "0" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", AppbarHeight = "52px", DrawerWidthLeft = "216px" },
    };
}
