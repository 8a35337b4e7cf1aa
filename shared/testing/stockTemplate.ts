/**
 * An HTML mail as Mailchimp's stock templates come: preview block in comments, style sheets with media queries, Outlook's
 * conditional comments, layout tables, link tags plain and percent-encoded, and the usual footer. About 40 kB with the
 * default number of sections.
 */
export function stockTemplate(options: { sections?: number; body?: string } = {}): string {
  const sections = Array.from({ length: options.sections ?? 18 }, (_, number) => section(number)).join("\n");
  return `${head}\n${options.body ?? greeting}\n${sections}\n${footer}`;
}

const head = `<!doctype html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<!-- NAME: 1 COLUMN -->
<!--[if gte mso 15]>
<xml>
<o:OfficeDocumentSettings>
<o:AllowPNG/>
<o:PixelsPerInch>96</o:PixelsPerInch>
</o:OfficeDocumentSettings>
</xml>
<![endif]-->
<meta charset="UTF-8">
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>*|MC:SUBJECT|*</title>
<link rel="preconnect" href="https://fonts.example.net">
<style type="text/css">
p{ margin:10px 0; padding:0; }
table{ border-collapse:collapse; }
h1,h2,h3,h4,h5,h6{ display:block; margin:0; padding:0; color:#222222; }
img,a img{ border:0; height:auto; outline:none; text-decoration:none; }
body,#bodyTable,#bodyCell{ height:100%; margin:0; padding:0; width:100%; }
.mcnPreviewText{ display:none !important; }
#outlook a{ padding:0; }
a[x-apple-data-detectors]{ color:inherit !important; text-decoration:none !important; }
.templateContainer{ max-width:600px !important; }
/*
@tab Page
@section Background Style
@tip Set the background color and top border for your email.
*/
body,#bodyTable{ background-color:#fafafa; }
#bodyCell > .templateContainer{ border-top:0; }
@media only screen and (min-width:768px){
  .templateContainer{ width:600px !important; }
}
@media only screen and (max-width:480px){
  body,table,td,p,a,li,blockquote{ -webkit-text-size-adjust:none !important; }
  .mcnTextContent,.mcnBoxedTextContentColumn{ padding-right:18px !important; padding-left:18px !important; }
}
</style>
</head>
<body style="height: 100%;margin: 0;padding: 0;width: 100%;background-color: #fafafa;">
<!--*|IF:MC_PREVIEW_TEXT|*-->
<!--[if !gte mso 9]><!----><span class="mcnPreviewText" style="display:none; font-size:0px; line-height:0px; max-height:0px; max-width:0px; opacity:0; overflow:hidden; visibility:hidden; mso-hide:all;">*|MC_PREVIEW_TEXT|*</span><!--<![endif]-->
<!--*|END:IF|*-->
<center>
<table align="center" border="0" cellpadding="0" cellspacing="0" height="100%" width="100%" id="bodyTable">
<tr>
<td align="center" valign="top" id="bodyCell">
<!--[if (gte mso 9)|(IE)]>
<table align="center" border="0" cellspacing="0" cellpadding="0" width="600" style="width:600px;">
<tr>
<td align="center" valign="top" width="600" style="width:600px;">
<![endif]-->
<table border="0" cellpadding="0" cellspacing="0" width="100%" class="templateContainer">
<tr><td valign="top" id="templatePreheader" class="mcnTextContent" style="font-size:12px;text-align:center;">*|IFNOT:ARCHIVE_PAGE|*
<a href="*|ARCHIVE|*" target="_blank" style="color:#656565;">View this email in your browser</a>
*|END:IF|*</td></tr>
<tr><td valign="top" id="templateHeader"><a href="https://www.example.org/" title="" class="" target="_blank"><img align="center" alt="Example House" src="https://images.example.net/logo.png" width="564" style="max-width:1128px;padding-bottom:0;" class="mcnImage"></a></td></tr>
<tr><td valign="top" id="templateBody">`;

const greeting = `<h1>*|TITLE:FNAME|*, your weekend begins soon</h1>
<p style="text-align:left;">Dear *|FNAME|* *|LNAME|*,</p>
<p>we are glad that you come. Your number is ||pid||.</p>
#if offering weekend
<p>Your place is paid. Thank you.</p>
#else
<p>Your place is not paid yet: <a href="https://register.example.org/pay?aid=||aid||&amp;pid=123456789">pay now</a></p>
#endif
*|IF:COUNTRY=Spain|*
<p>¡Hasta pronto!</p>
*|ELSEIF:COUNTRY|*
<p>See you from *|UPPER:COUNTRY|*.</p>
*|ELSE:|*
<p>See you.</p>
*|END:IF|*
<!--[if mso]><v:roundrect xmlns:v="urn:schemas-microsoft-com:vml" href="https://register.example.org/?aid=||aid||&amp;pid=||pid||" style="height:40px;v-text-anchor:middle;width:200px;" arcsize="10%"><w:anchorlock/><center>Register</center></v:roundrect><![endif]-->
<!--[if !mso]><!-- --><a class="mcnButton" title="Register" href="https://register.example.org/?aid=||aid||&amp;pid=||pid||" target="_blank">Register</a><!--<![endif]-->`;

function section(number: number): string {
  return `<table border="0" cellpadding="0" cellspacing="0" width="100%" class="mcnTextBlock" style="min-width:100%;">
<tbody class="mcnTextBlockOuter">
<tr>
<td valign="top" class="mcnTextBlockInner" style="padding-top:9px;">
<!--[if mso]>
<table align="left" border="0" cellspacing="0" cellpadding="0" width="100%" style="width:100%;">
<tr>
<td valign="top" width="600" style="width:600px;">
<![endif]-->
<table align="left" border="0" cellpadding="0" cellspacing="0" style="max-width:100%; min-width:100%;" width="100%" class="mcnTextContentContainer">
<tbody><tr>
<td valign="top" class="mcnTextContent" style="padding-top:0; padding-right:18px; padding-bottom:9px; padding-left:18px;">
<h2 class="null">Day ${number + 1} &ndash; what to expect</h2>
<p style="margin:10px 0;padding:0;mso-line-height-rule:exactly;-ms-text-size-adjust:100%;-webkit-text-size-adjust:100%;color:#202020;font-family:Helvetica;font-size:16px;line-height:150%;text-align:left;">We begin at seven with a walk to the river &amp; a cup of tea. Breakfast is served from eight, and the first talk starts at half past nine in the large hall.&nbsp;Please bring warm clothes, as the evenings by the water are cool even in summer.</p>
<ul>
<li>Morning: a walk, breakfast, a talk</li>
<li>Afternoon: rest, a <a href="https://www.example.org/programme?day=${number + 1}&amp;lang=en#talk" target="_blank">talk</a>, questions</li>
</ul>
<p style="margin:10px 0;padding:0;mso-line-height-rule:exactly;-ms-text-size-adjust:100%;-webkit-text-size-adjust:100%;color:#202020;font-family:Helvetica;font-size:16px;line-height:150%;text-align:left;">Whoever arrives later finds the keys in the box beside the door; the code is on your confirmation.</p>
</td>
</tr>
</tbody></table>
<!--[if mso]>
</td>
</tr>
</table>
<![endif]-->
</td>
</tr>
</tbody>
</table>`;
}

const footer = `</td></tr>
<tr><td valign="top" id="templateFooter" class="mcnTextContent" style="font-size:12px;text-align:center;">
<em>Copyright &copy; *|CURRENT_YEAR|* *|LIST:COMPANY|*, All rights reserved.</em><br>
*|IFNOT:ARCHIVE_PAGE|* *|LIST:DESCRIPTION|*<br>
<br>
<strong>Our mailing address is:</strong><br>
*|HTML:LIST_ADDRESS_HTML|* *|END:IF|*<br>
<br>
Want to change how you receive these emails?<br>
You can <a href="*|UPDATE_PROFILE|*">update your preferences</a> or <a href="*%7CUNSUB%7C*">unsubscribe from this list</a>.<br>
<br>
*|IF:REWARDS|* *|HTML:REWARDS|* *|END:IF|*
</td></tr>
</table>
<!--[if (gte mso 9)|(IE)]>
</td>
</tr>
</table>
<![endif]-->
</td>
</tr>
</table>
</center>
</body>
</html>
`;
